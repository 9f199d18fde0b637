"""Small files in the layouts that labelImg and Label Studio publish, written by hand."""

LABELIMG_VOC = """<annotation verified="yes">
\t<folder>pets</folder>
\t<filename>tom &amp; co.jpg</filename>
\t<path>C:\\Users\\ada\\pets\\tom &amp; co.jpg</path>
\t<source>
\t\t<database>Unknown</database>
\t</source>
\t<size>
\t\t<width>64</width>
\t\t<height>48</height>
\t\t<depth>3</depth>
\t</size>
\t<segmented>0</segmented>
\t<object>
\t\t<name>cat</name>
\t\t<pose>Unspecified</pose>
\t\t<truncated>1</truncated>
\t\t<difficult>1</difficult>
\t\t<bndbox>
\t\t\t<xmin>1</xmin>
\t\t\t<ymin>5</ymin>
\t\t\t<xmax>31</xmax>
\t\t\t<ymax>45</ymax>
\t\t</bndbox>
\t</object>
</annotation>
"""

LABEL_STUDIO_VOC = """<?xml version="1.0" encoding="utf-8"?>
<annotation>
<folder>images</folder>
<filename>0a1b2c3d-rex.jpg</filename>
<source>
<database>MyDatabase</database>
<annotation>COCO2017</annotation>
<image>flickr</image>
<flickrid>NULL</flickrid>
<annotator>1</annotator>
</source>
<owner>
<flickrid>NULL</flickrid>
<name>Label Studio</name>
</owner>
<size>
<width>64</width>
<height>48</height>
<depth>3</depth>
</size>
<segmented>0</segmented>
<object>
<name> dog </name>
<pose>Unspecified</pose>
<truncated>0</truncated>
<difficult>0</difficult>
<bndbox>
<xmin>10.25</xmin>
<ymin>6</ymin>
<xmax>40.75</xmax>
<ymax>26</ymax>
</bndbox>
</object>
</annotation>
"""

LABELIMG_YOLO = {
    "classes.txt": b"\xef\xbb\xbfcat\r\ndog\r\n",
    "rex.txt": b"1 0.500000 0.500000 0.250000 0.500000\r\n\r\n0 0.125000 0.250000 0.250000 0.5\r\n",
    "tom.txt": b"",
}

LABEL_STUDIO_YOLO = {
    "classes.txt": b"cat\ndog\n",
    "notes.json": b'{"categories": [{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}],'
    b' "info": {"year": 2026, "version": "1.0", "contributor": "Label Studio"}}',
    "labels/0a1b2c3d-rex.txt": b"1 0.5000000000000001 0.49999999999999994 0.25 0.5",
}

LABEL_STUDIO_COCO = """{
  "images": [{"width": 64, "height": 48, "id": 0, "file_name": "images/0a1b2c3d-rex.jpg"}],
  "categories": [{"id": 1, "name": "dog"}, {"id": 0, "name": "cat"}],
  "annotations": [
    {"id": 0, "image_id": 0, "category_id": 1, "segmentation": [],
     "bbox": [10.5, 6, 30.25, 20.0], "ignore": 0, "iscrowd": 0, "area": 605.0}
  ],
  "info": {"year": 2026, "version": "1.0", "description": "", "contributor": "Label Studio"}
}"""

LABELIMG_CREATEML = """[{"image": "rex.jpg", "verified": true, "annotations": [
 {"label": "dog", "coordinates": {"x": 25.0, "y": 16.0, "width": 30.0, "height": 20.0}}]}]"""
