// SPDX-License-Identifier: Apache-2.0
// What stands in the margins of every printed page: the browser takes it from the style sheet, so a
// sheet is made for it. Texts of records may be in it: all but letters and digits is escaped.

/** A string of CSS. */
export function cssText(text: string): string {
  return `"${[...text].map((one) => (/[A-Za-z0-9 ]/.test(one) ? one : `\\${one.codePointAt(0)!.toString(16)} `)).join('')}"`;
}

/** A style element for pages of the name `record`: left below, number of the page, mark of samples. */
export function pageNotes({ left, sample }: { left: string; sample: string }): string {
  const font = 'font: 8.5pt "Noto Sans CJK SC", "Microsoft YaHei", sans-serif; color: #333;';
  const place = 'vertical-align: top; padding-top: 4mm; white-space: nowrap;';
  const boxes = [
    `@bottom-left { content: ${cssText(left)}; width: 80%; text-align: left; ${place} ${font} }`,
    `@bottom-right { content: counter(page) " / " counter(pages); text-align: right; ${place} ${font} }`,
    sample && `@top-right { content: ${cssText(sample)}; text-align: right; vertical-align: bottom; padding-bottom: 3mm; ${font} }`,
  ].filter(Boolean).join('\n');
  const page = (name: string) => `@page ${name} { ${boxes} }`;
  return `<style>${page('record:left')}\n${page('record:right')}</style>`;
}
