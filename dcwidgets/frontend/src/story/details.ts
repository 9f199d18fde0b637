import { count, h } from '../shared/dom';
import type { Row } from './rows';
import { change, points, score, stepText } from './rows';

/** What stands behind one row: numbers, versions, the recipe. */
export function details(
  row: Row,
  before: Row | undefined,
  chosen: Row | undefined,
  opens: boolean
): Node[] {
  const facts: [string, string][] = [
    ['Accuracy', score(row) + (before ? ` (${change(row, before)} to the row above)` : '')],
    ['Each seed', row.scores.map((each) => each.toFixed(3)).join(', ') || '–'],
    ['Worst slice', row.worst_slice?.toFixed(3) ?? '–'],
    ['Images', row.images === null ? '–' : count(row.images)],
    ['Trained', row.seconds === null ? '–' : `${row.seconds.toFixed(1)} s`],
    ['Data', `${row.data} ${row.version}`],
    ['Recorded', row.at.replace('T', ' ').replace('+00:00', ' UTC')],
  ];
  if (chosen && chosen !== row) {
    facts.splice(1, 0, [`Against ${chosen.name}`, against(row, chosen)]);
  }
  const list = h('dl', {});
  for (const [name, value] of facts) {
    list.append(h('dt', {}, name), h('dd', {}, value));
  }
  return [
    h('h3', {}, row.name),
    list,
    h('h4', {}, 'Recipe'),
    recipe(row),
    h('code', {}, hint(row === chosen, opens)),
  ];
}

/** What a row has over the chosen one. */
function against(row: Row, chosen: Row): string {
  const parts = [change(row, chosen)];
  if (row.worst_slice !== null && chosen.worst_slice !== null) {
    parts.push(`worst slice ${points(row.worst_slice - chosen.worst_slice)}`);
  }
  if (row.images !== null && chosen.images !== null) {
    const more = row.images - chosen.images;
    parts.push(more ? `${more > 0 ? '+' : '−'}${count(Math.abs(more))} images` : 'as many images');
  }
  return parts.join(', ');
}

function hint(chosen: boolean, opens: boolean): string {
  if (opens) {
    return chosen ? 'see its pictures below' : 'Enter opens its pictures';
  }
  return chosen ? 'story.inspect(images)' : 'Enter chooses this row';
}

function recipe(row: Row): Node {
  if (row.steps.length === 0) {
    return h('p', {}, row.edits || 'No edits were recorded with this row.');
  }
  return h('ol', {}, ...row.steps.map((step) => h('li', {}, stepText(step))));
}
