// SPDX-License-Identifier: Apache-2.0
// Both languages hold the same keys with the same arguments; every key is used and every used key
// exists; no text for users stands in a component.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fill } from '../src/i18n/format';
import en from '../src/i18n/en.json';
import zh from '../src/i18n/zh.json';

const root = join(import.meta.dirname, '../src');

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(svelte|ts)$/.test(entry.name) && !entry.name.endsWith('.d.ts') ? [path] : [];
  });
}
const files = sources(root).map((path) => ({ path, text: readFileSync(path, 'utf8') }));
const code = files.map((file) => file.text).join('\n');
const known = new Set(Object.keys(zh));

/** Quoted keys, and the fixed beginnings of keys that are put together. */
function used(text: string): { keys: Set<string>; beginnings: Set<string> } {
  const keys = new Set([...text.matchAll(/['"]([a-z_0-9]+\.[a-z_0-9.]+)['"]/g)].map((match) => match[1]!));
  const beginnings = new Set([...text.matchAll(/\btO?r?\(`([a-z_0-9.]+)\$\{/g)].map((match) => match[1]!));
  return { keys, beginnings };
}

test('both languages hold the same keys, none empty', () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(zh).sort());
  for (const texts of [zh, en]) for (const [key, text] of Object.entries(texts)) expect(text, key).not.toBe('');
});

test('both languages use the same arguments', () => {
  const names = (text: string) => [...new Set([...text.matchAll(/\{(\w+)/g)].map((match) => match[1]))].sort();
  for (const key of known) expect(names(en[key as keyof typeof en]), key).toEqual(names(zh[key as keyof typeof zh]));
});

test('every used key exists', () => {
  const direct = [...code.matchAll(/\bt\('([^']+)'/g)].map((match) => match[1]!);
  expect(direct.length).toBeGreaterThan(200);
  expect(direct.filter((key) => !known.has(key))).toEqual([]);
  for (const beginning of used(code).beginnings) {
    expect([...known].some((key) => key.startsWith(beginning)), beginning).toBe(true);
  }
});

test('no key is unused', () => {
  const { keys, beginnings } = used(code);
  const unused = [...known].filter((key) => !keys.has(key) && ![...beginnings].some((one) => key.startsWith(one)));
  expect(unused).toEqual([]);
});

test('a missing and an unused key are found', () => {
  const { keys } = used("t('no.such_key')");
  expect([...keys].filter((key) => !known.has(key))).toEqual(['no.such_key']);
  expect(keys.has('action.save')).toBe(false);
});

test('no Chinese text stands outside of the text files', () => {
  const allowed = /用海|经略|未匹配登记|案件线索|立案|演练/;
  const found = files
    .filter((file) => !file.path.includes('/i18n/'))
    .flatMap((file) =>
      file.text
        .split('\n')
        .map((line, i) => ({ where: `${file.path.slice(root.length)}:${i + 1}`, line: line.replace(/(\/\/.*|\/\*.*\*\/|<!--.*-->)/, '') }))
        .filter(({ line }) => /[\u4e00-\u9fff]/.test(line) && !allowed.test(line)),
    );
  expect(found).toEqual([]);
});

test('arguments are filled in, and numbers choose the word', () => {
  expect(fill('{n} {n|file|files}', { n: 1 })).toBe('1 file');
  expect(fill('{n} {n|file|files}', { n: 1200 })).toBe('1,200 files');
  expect(fill('{a}{b}', { a: 'x' })).toBe('x{b}');
});
