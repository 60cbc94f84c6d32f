// SPDX-License-Identifier: Apache-2.0
// Fills a text: {name} is replaced by the argument, {n|vessel|vessels} chooses by number (English).
export type Args = Record<string, string | number>;

export function fill(text: string, args?: Args): string {
  if (!args) return text;
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one, many) => {
    const value = args[name];
    if (value === undefined) return whole;
    if (one === undefined) return typeof value === 'number' ? value.toLocaleString('en-US') : value;
    return value === 1 ? one : many;
  });
}
