// SPDX-License-Identifier: Apache-2.0
// What a refused request says: Chinese for every code and every known sentence, values taken over,
// and each known sentence still stands in the sources of the server.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ApiError, OfflineError } from '../src/api/client';
import { setLanguage } from '../src/i18n/index.svelte';
import { said, sentence, sentences } from '../src/i18n/problem';
import zh from '../src/i18n/zh.json';

const chinese = /[\u4e00-\u9fff]/;
const root = join(import.meta.dirname, '../..');

function sources(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return sources(path);
      return /\.(cpp|hpp)$/.test(entry.name) ? readFileSync(path, 'utf8') : '';
    })
    .join('\n');
}

beforeEach(() => {
  (globalThis as { document?: unknown }).document = { documentElement: {} };
  setLanguage('zh');
});
afterEach(() => delete (globalThis as { document?: unknown }).document);

const refused = (status: number, code: string, detail: string, field?: string) =>
  new ApiError(status, { type: `urn:jinglue:problem:${code}`, title: 'x', status, code, detail, field } as never);

test('every code of the contract has its Chinese sentence', () => {
  const text = readFileSync(join(root, 'src/serve/api/problem.cpp'), 'utf8');
  const codes = [...text.matchAll(/^ {4}\{"([a-z_]+)", "/gm)].map((match) => match[1]!);
  expect(codes.length).toBeGreaterThan(15);
  for (const code of codes) {
    expect(zh, code).toHaveProperty([`problem.${code}`]);
    const { title, detail } = said(refused(400, code, 'some English sentence'));
    expect(title, code).toMatch(chinese);
    expect(title, code).not.toMatch(/English/);
    expect(detail, code).toContain('some English sentence');
  }
});

test('a code that this page does not know is said as an internal error, with its details', () => {
  const { title, detail } = said(refused(418, 'teapot', 'short and stout'));
  expect(title).toBe(zh['problem.internal']);
  expect(detail).toContain('teapot (418) short and stout');
});

test('sentences are told apart, with their values', () => {
  expect(said(refused(409, 'conflict', 'the name wang is in use', 'name')).title).toBe('账号“wang”已存在');
  expect(said(refused(422, 'malformed', 'a password has at least 10 characters', 'password')).title).toBe('密码至少 10 位');
  expect(said(refused(403, 'forbidden', 'file_case needs one of these roles: enforcement, leader')).title).toBe('没有此项权限，需要角色：渔政执法、局领导');
  expect(said(refused(403, 'forbidden', 'the row belongs to rushan, clerk works for rongcheng')).title).toContain('乳山市');
  expect(said(refused(429, 'too_many', 'too many failed attempts')).hint).toContain('15 分钟');
  expect(said(refused(409, 'conflict', 'step 7 has corrected or retracted the finding since step 3')).title).toBe(zh['problem.finding_changed']);
});

test('a field is named where the sentence does not', () => {
  expect(said(refused(422, 'malformed', 'is required'), '船名').title).toBe('船名：必填');
  expect(said(refused(422, 'malformed', 'nobody has foreseen this'), '船名').title).toBe('“船名”有误：填写内容无法识别，请检查后重试');
  expect(sentence({ code: 'out_of_range', detail: 'is above 400' }).title).toBe('不得大于 400');
});

test('what a guard says in the language of the person stays as it is', () => {
  expect(said(refused(409, 'conflict', '属海警机构管辖，应当移送', 'jurisdiction')).title).toBe('属海警机构管辖，应当移送');
});

test('an English sentence that quotes a Chinese value is no Chinese sentence', () => {
  const told = said(refused(412, 'conflict', 'changed by someone else since revision 2: jurisdiction_basis is now "乙" (enforcement, 2024-05-01T04:48:23.640Z), yours is "甲"', 'jurisdiction_basis'));
  expect(told.title).toBe(zh['problem.revision']);
  expect(told.hint).toBe(zh['problem.reload']);
  expect(told.detail).toContain('yours is');
});

test('on an English screen a sentence without a text of ours stands itself', () => {
  setLanguage('en');
  expect(said(refused(409, 'conflict', 'the coast guard has jurisdiction: transfer it', 'jurisdiction')).title).toBe('The coast guard has jurisdiction: transfer it');
  expect(said(refused(422, 'malformed', 'a password has at least 10 characters', 'password')).title).toBe('The password needs at least 10 characters');
  expect(said(refused(503, 'unavailable', '')).title).toMatch(/busy/);
});

test('no network and a fault of the page are no problems of the server', () => {
  expect(said(new OfflineError('TypeError: Failed to fetch'))).toEqual({ title: zh['error.offline'], hint: zh['error.offline_hint'], detail: '' });
  const { title, detail } = said(new Error('x is undefined'));
  expect(title).toBe(zh['error.unknown']);
  expect(detail).toContain('x is undefined');
});

test('each known sentence still stands in the sources of the server', () => {
  // Literals side by side are one sentence; values are printed into it.
  const text = sources(join(root, 'src')).replace(/"\s*\n?\s*"/g, '');
  const literals = [...text.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map((match) => match[1]!.replaceAll("\\'", "'"));
  const held = (piece: string) => literals.some((one) => one.includes(piece));
  expect(held('no such sentence anywhere')).toBe(false);
  for (const one of sentences) {
    for (const branch of one.when.source.split('|')) {
      // The longest run of plain words of the pattern.
      const plain = branch.replace(/\\(.)\+?\*?/g, '\u0000').split(/[\u0000^$()*+?.[\]{}]+/).map((piece) => piece.trim());
      const longest = plain.reduce((best, piece) => (piece.length > best.length ? piece : best), '');
      if (longest.length < 6) continue;
      expect(held(longest), `${one.when} (${longest})`).toBe(true);
    }
  }
});
