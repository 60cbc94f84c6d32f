// SPDX-License-Identifier: Apache-2.0
// From a conference text to tasks in one sitting, by keyboard: paste, decide, edit, make tasks, open a
// passage, see the progress, take the spreadsheet home. The seed text where ../shared holds it, else the
// shipped sample of a speech.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { drillPassword, keepPicture, newPage, removeFolder, root, Server, signIn, startBrowser, temporaryFolder, until } from './support.mjs';

const seedFile = join(root, '../shared/seed/000_e72d4de78f0a0474.txt');
const seeded = existsSync(seedFile);
const text = readFileSync(seeded ? seedFile : join(root, 'tests/data/plan/work_points.txt'), 'utf8');
const least = seeded ? 40 : 8;

let server;
let browser;
let page;
const folder = temporaryFolder();
const tree = () => page.getByTestId('plan-tree');
const selected = () => page.locator('[role=treeitem][aria-selected=true]');
const press = async (...keys) => {
  for (const key of keys) await page.keyboard.press(key);
};
const saved = () => until('the edits to be saved', async () => /已保存/.test(await page.getByTestId('plan-save').innerText()));

before(async () => {
  server = await Server.start(['--drill', join(root, 'drills/weihai_moratorium.toml'), '--speed', '1'], folder);
  browser = await startBrowser();
  page = await newPage(browser);
  await signIn(page, server.address, 'leader', drillPassword('leader'));
}, { timeout: 120_000 });

after(async () => {
  await browser?.close();
  await server?.stop();
  removeFolder(folder);
});

test('the page begins empty and says what it is for', async () => {
  await page.locator('[data-page=plan]').click();
  await page.getByTestId('plan-text').waitFor();
  assert.match(await page.locator('.drafts').innerText(), /还没有分解草稿/);
  await keepPicture(page, 'plan_empty');
});

test('a file that is too large or no text is refused in plain words', async () => {
  const binary = join(folder, 'picture.txt');
  writeFileSync(binary, Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3, 0xff, 0xfe, 0x80, 0]));
  await page.getByTestId('plan-file').setInputFiles(binary);
  await page.locator('.panel [role=alert]').waitFor();
  assert.match(await page.locator('.panel [role=alert]').innerText(), /不是 UTF-8、GB18030 或 UTF-16/);
  const large = join(folder, 'large.txt');
  writeFileSync(large, Buffer.alloc(11 * 1024 * 1024, 'x'));
  await page.getByTestId('plan-file').setInputFiles(large);
  await until('the size to be refused', async () => /超过/.test(await page.locator('.panel [role=alert]').first().innerText()));
});

let measures = 0;

test('the pasted text becomes a tree, no noise left, every Chinese character kept', async () => {
  await page.getByTestId('plan-text').fill(text);
  await page.keyboard.press('Control+Enter');
  await tree().waitFor();
  measures = await page.locator('[data-kind=measure]').count();
  assert.ok(measures >= least, `${measures} measures`);
  const head = await page.getByTestId('plan-head').innerText();
  const han = text.match(/\p{Script=Han}|〇/gu).length;
  assert.match(head.replaceAll(',', ''), new RegExp(`保留汉字 ${han} 个`));
  if (seeded) {
    assert.equal(await page.locator('[data-kind=goal]').count(), 2);
    assert.equal(await page.locator('[data-kind=orientation]').count(), 6);
    assert.ok((await page.locator('[data-kind=line]').count()) >= 6);
    assert.doesNotMatch(await tree().innerText(), /[#$&@^~|]|[a-zA-Z]\d/);
  }
  await keepPicture(page, 'plan_tree');
});

test('keys edit the tree: text, unit, district, due date, merge, split, move, delete, undo', async () => {
  await tree().focus();
  await press('Home');
  while ((await selected().getAttribute('data-kind')) !== 'measure') await press('ArrowDown');
  const before = await tree().innerText();
  const first = selected();
  await press('u');
  await page.keyboard.type('海洋经济、办公室');
  await press('Enter');
  await press('r');
  await page.locator('[name=district]').selectOption('rongcheng');
  await press('Escape', 'd');
  await page.keyboard.type('2024年4月15日');
  await press('Enter');
  await until('the values in the row', async () => /海洋经济[^]*荣成市[^]*2024-04-15/.test(await first.innerText()));
  await press('Enter', 'Home');
  await page.keyboard.type('抓紧');
  await press('Enter');
  await until('the new text', async () => (await first.innerText()).includes('抓紧'));
  // Into the text, in two at the caret.
  const count = () => page.locator('[data-kind=measure]').count();
  await press('Enter', 'Home', 'ArrowRight', 'ArrowRight', 'Control+Enter');
  await until('one measure more', async () => (await count()) === measures + 1);
  await press('m');
  await until('merged again', async () => (await count()) === measures);
  const order = async () => (await page.locator('[role=treeitem]').evaluateAll((all) => all.map((one) => one.id))).join();
  const placed = await order();
  await press('Alt+ArrowDown');
  await until('it stands elsewhere', async () => (await order()) !== placed);
  await press('Delete');
  await until('one less', async () => (await count()) === measures - 1);
  // All of it back, and the first of it again.
  for (let i = 0; i < 12; ++i) await press('z');
  await until('the tree as it was', async () => (await tree().innerText()) === before);
  await press('y');
  await until('the first edit again', async () => (await tree().innerText()) !== before);
  await saved();
  // A reload shows what the server holds.
  const kept = await tree().innerText();
  await page.reload();
  await tree().waitFor();
  await until('the same tree after a reload', async () => (await tree().innerText()) === kept);
});

test('the passage of the selected measure is marked in the text beside it', async () => {
  await tree().focus();
  await press('End');
  const words = (await selected().locator('.text').innerText()).slice(0, 6);
  await until('the mark', async () => (await page.getByTestId('source-text').locator('mark').innerText()).includes(words.slice(2)));
});

test('a second editor is told, and loses nothing silently', async () => {
  const other = await newPage(browser);
  await signIn(other, server.address, 'leader', drillPassword('leader'));
  await other.goto(page.url());
  await other.getByTestId('plan-tree').waitFor();
  await press('End', 'x');
  await saved();
  await other.getByTestId('plan-tree').focus();
  await other.keyboard.press('Home');
  await other.keyboard.press('x');
  await until('the word about it', async () => /他人已修改/.test(await other.getByTestId('plan-save').innerText()));
  await other.locator('.save + button').click();
  await until('the present state', async () => /已保存/.test(await other.getByTestId('plan-save').innerText()));
  assert.equal(await other.locator('[data-decision=rejected]').count(), 1);
  assert.deepEqual(other.faults, []);
  await other.context().close();
  await press('End', 'x');
  await saved();
});

test('accepting by key and turning into tasks says first what will be made', async () => {
  await tree().focus();
  await press('Home');
  // Whole branches by one key each; the selection goes on to the next by itself.
  for (let i = 0; i < 60 && (await page.locator('[data-decision=open]').count()) > 0; ++i) await press('Shift+A');
  await until('everything accepted', async () => (await page.locator('[data-decision=open]').count()) === 0);
  await saved();
  await keepPicture(page, 'plan_accepted');
  await press('g');
  await page.getByTestId('plan-to-make').waitFor();
  assert.match(await page.locator('dialog[open]').innerText(), new RegExp(`生成任务 ${measures} 项`));
  await keepPicture(page, 'plan_confirm');
  await press('Enter');
  await page.getByTestId('plan-made').waitFor();
  assert.match(await page.getByTestId('plan-made').innerText(), new RegExp(`任务 ${measures} 项`));
  await press('Enter');
  await page.getByTestId('progress-tasks').waitFor();
});

test('the progress shows all of them, what is late and why, and keeps its filters in the address', async () => {
  assert.equal(Number(await page.locator('[data-count=total]').innerText()), measures);
  if (seeded) {
    // 一季度: the drill stands in May.
    await page.locator('[data-standing=late]').click();
    await until('the filter in the address', async () => /standing=late/.test(page.url()));
    await until('a late one', async () => (await page.getByTestId('progress-tasks').locator('li').count()) >= 1);
    assert.match(await page.getByTestId('progress-tasks').innerText(), /逾期 \d+ 天[^]*未签收/);
    await page.reload();
    await until('the same after a reload', async () => (await page.getByTestId('progress-tasks').locator('li').count()) < measures);
    await page.locator('[data-standing=late]').click();
  }
  await keepPicture(page, 'plan_progress');
  for (const by of ['unit', 'district', 'goal']) {
    await page.locator(`[data-by=${by}]`).click();
    const numbers = await page.getByTestId('progress-groups').locator('tbody tr td:nth-child(2)').allInnerTexts();
    assert.equal(numbers.reduce((sum, one) => sum + Number(one), 0), measures, by);
  }
});

test('the spreadsheet downloads and is read back with every task', async () => {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByTestId('progress-xlsx').click()]);
  assert.match(file.suggestedFilename(), /^progress-\d{4}-\d\d-\d\d\.xlsx$/);
  const path = join(folder, 'progress.xlsx');
  await file.saveAs(path);
  // Read by another program than the one that wrote it.
  const python = 'import sys,zipfile,re\nz=zipfile.ZipFile(sys.argv[1])\ns=z.read("xl/worksheets/sheet4.xml").decode()\nprint(len(re.findall("<row ",s)))\nprint("任务清单" in z.read("xl/workbook.xml").decode())';
  const [rows, named] = execFileSync('python3', ['-c', python, path], { encoding: 'utf8' }).trim().split('\n');
  assert.equal(Number(rows), measures + 2); // title and headings
  assert.equal(named, 'True');
});

test('a task opens its passage in the document', async () => {
  await page.getByTestId('progress-tasks').locator('a').first().click();
  await page.getByTestId('open-passage').waitFor();
  const quote = (await page.locator('blockquote').innerText()).trim();
  await page.getByTestId('open-passage').click();
  await until('the passage marked', async () => (await page.getByTestId('source-text').locator('mark').innerText()) === quote);
  await keepPicture(page, 'plan_passage');
});

test('the official page has the sizes of GB/T 9704 and prints on A4', async () => {
  await page.goto(`${server.address}/plan/print?head=1`);
  const sheet = page.getByTestId('official-page');
  await sheet.waitFor();
  await until('the name of the authority', async () => /威海市/.test(await sheet.locator('.red').innerText()));
  await until('its rows', async () => (await sheet.locator('tbody tr').count()) > measures);
  assert.match(await sheet.innerText(), /已下达/);
  const style = await sheet.evaluate((one) => ({ size: getComputedStyle(one).fontSize, title: getComputedStyle(one.querySelector('h1')).fontSize, width: one.getBoundingClientRect().width }));
  assert.equal(style.size, '21.3333px'); // size 3: 16 pt
  assert.equal(style.title, '29.3333px'); // size 2: 22 pt
  assert.ok(Math.abs(style.width - (210 / 25.4) * 96) < 1);
  const pdf = await page.pdf({ preferCSSPageSize: true });
  writeFileSync(join(folder, 'print.pdf'), pdf);
  const boxes = [...pdf.toString('latin1').matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
  assert.ok(boxes.length >= 2, `${boxes.length} pages`);
  for (const [, width, height] of boxes) assert.ok(Math.abs(width - 595) < 2 && Math.abs(height - 842) < 2, `${width} x ${height}`);
  await keepPicture(page, 'plan_print');
  await page.goto(`${server.address}/plan`);
});

test('English, night and a duty officer without the right to break down documents', async () => {
  await page.goto(`${server.address}/plan?lang=en&theme=night`);
  await page.getByTestId('drafts').waitFor();
  assert.match(await page.locator('.drafts').innerText(), /tasks/);
  await keepPicture(page, 'plan_night');
  const duty = await newPage(browser);
  await signIn(duty, server.address, 'duty', drillPassword('duty'));
  await duty.locator('[data-page=plan]').click();
  await duty.getByTestId('progress-groups').waitFor();
  assert.equal(await duty.locator('[data-tab=drafts]').count(), 0);
  assert.deepEqual(duty.faults, []);
  await duty.context().close();
});

test('the page made no error of its own', () => assert.deepEqual(page.faults, []));
