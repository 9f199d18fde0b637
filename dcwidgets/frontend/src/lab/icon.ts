import { LabIcon } from '@jupyterlab/ui-components';

import logo from '../../style/icons/logo.svg';

/** Half a cat and half a dog, in the colour of the theme. */
export const courseIcon = new LabIcon({ name: 'dcwidgets:course', svgstr: logo });
