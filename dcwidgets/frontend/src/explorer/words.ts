import { isPair } from './policy';
import type { Knob, Value } from './types';

/** Write a knob's value as a person would say it, such as "11° right to 11° left". */
export function inWords(knob: Knob, value: Value): string {
  if (typeof value === 'string') {
    return value === 'horizontal_and_vertical' ? 'both ways' : value;
  }
  if (!isPair(value)) {
    return amount(knob, value);
  }
  const [low, high] = value;
  if (knob.chance && low === high) {
    return amount(knob, low);
  }
  if (knob.unit === 'less_more') {
    return `× ${short(1 - low)} to × ${short(1 + high)}`;
  }
  if (knob.ends && low < 0 && low === -high) {
    return `${amount(knob, high)} ${knob.ends.join(' or ')}`;
  }
  const from = one(knob, low);
  const to = one(knob, high);
  return low === high ? `always ${from}` : `${from} to ${to}`;
}

function one(knob: Knob, value: number): string {
  const side = knob.low < 0 && knob.ends && value ? ` ${knob.ends[value < 0 ? 0 : 1]}` : '';
  const size = amount(knob, side ? Math.abs(value) : value);
  return value || side ? `${size}${side}` : size;
}

function amount(knob: Knob, value: number): string {
  if (knob.unit === 'turn') {
    return `${short(value * 360, 0)}°`;
  }
  return knob.unit === 'part' ? `${short(value * 100, 0)} %` : short(value);
}

function short(value: number, digits = 2): string {
  return String(Number(value.toFixed(digits))).replace('-', '−');
}
