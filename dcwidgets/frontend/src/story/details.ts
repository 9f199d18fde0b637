import { count, h } from '../shared/dom';
import type { Row } from './rows';
import { change, score, stepText } from './rows';

/** What stands behind one row: numbers, versions, the recipe. */
export function details(row: Row, before: Row | undefined, chosen: boolean): Node[] {
  const facts: [string, string][] = [
    ['Accuracy', score(row) + (before ? ` (${change(row, before)} to the row above)` : '')],
    ['Each seed', row.scores.map((each) => each.toFixed(3)).join(', ') || '–'],
    ['Worst slice', row.worst_slice?.toFixed(3) ?? '–'],
    ['Images', row.images === null ? '–' : count(row.images)],
    ['Trained', row.seconds === null ? '–' : `${row.seconds.toFixed(1)} s`],
    ['Data', `${row.data} ${row.version}`],
    ['Recorded', row.at.replace('T', ' ').replace('+00:00', ' UTC')],
  ];
  const list = h('dl', {});
  for (const [name, value] of facts) {
    list.append(h('dt', {}, name), h('dd', {}, value));
  }
  return [
    h('h3', {}, row.name),
    list,
    h('h4', {}, 'Recipe'),
    recipe(row),
    h('code', {}, chosen ? 'story.inspect(images)' : 'Enter chooses this row'),
  ];
}

function recipe(row: Row): Node {
  if (row.steps.length === 0) {
    return h('p', {}, row.edits || 'No edits were recorded with this row.');
  }
  return h('ol', {}, ...row.steps.map((step) => h('li', {}, stepText(step))));
}
