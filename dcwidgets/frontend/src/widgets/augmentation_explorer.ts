import type { Render } from '@anywidget/types';

import '../shared/base.css';
import '../explorer/explorer.css';
import '../explorer/stage.css';
import { Explorer } from '../explorer/explorer';
import { mount } from '../shared/dom';
import type { State } from '../explorer/types';

const render: Render<State> = ({ model, el, signal }) => {
  const explorer = new Explorer(model, signal);
  mount(el, signal, explorer.root);
  explorer.start();
};

export default { render };
