// SPDX-License-Identifier: Apache-2.0
// Reads what Chromium (Skia) writes as PDF (ISO 32000-1): sizes of the pages, and the text of each page
// by the ToUnicode maps of its fonts (9.10.3). Objects are plain and streams are deflated; nothing else is read.
import { inflateSync } from 'node:zlib';

function objectsOf(pdf) {
  const text = pdf.toString('latin1');
  const out = new Map();
  for (const match of text.matchAll(/(?:^|\n)(\d+) 0 obj\s/g)) {
    const from = match.index + match[0].length;
    const stream = text.indexOf('stream', from);
    const end = text.indexOf('endobj', from);
    const object = { head: text.slice(from, stream > 0 && stream < end ? stream : end), stream: null };
    if (stream > 0 && stream < end) {
      const begin = stream + (text[stream + 6] === '\r' ? 8 : 7);
      const length = Number(/\/Length (\d+)/.exec(object.head)?.[1] ?? 0);
      const bytes = pdf.subarray(begin, begin + length);
      object.stream = /FlateDecode/.test(object.head) ? inflateSync(bytes) : bytes;
    }
    out.set(Number(match[1]), object);
  }
  return out;
}

const fromHex = (hex) => String.fromCharCode(...(hex.match(/.{4}/g) ?? []).map((one) => parseInt(one, 16)));

/** Code of a glyph to its text. */
function toUnicode(stream) {
  const out = new Map();
  const text = stream.toString('latin1');
  for (const [, block] of text.matchAll(/beginbfchar([\s\S]*?)endbfchar/g)) {
    for (const [, code, to] of block.matchAll(/<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>/g)) out.set(parseInt(code, 16), fromHex(to));
  }
  for (const [, block] of text.matchAll(/beginbfrange([\s\S]*?)endbfrange/g)) {
    for (const [, low, high, to] of block.matchAll(/<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>/g)) {
      for (let code = parseInt(low, 16), i = 0; code <= parseInt(high, 16); ++code, ++i) {
        out.set(code, fromHex(to.slice(0, -4)) + String.fromCharCode(parseInt(to.slice(-4), 16) + i));
      }
    }
  }
  return out;
}

/** Codes of two bytes from a literal string with its escapes (7.3.4.2). */
function literal(body) {
  const bytes = [];
  const named = { n: 10, r: 13, t: 9, b: 8, f: 12 };
  for (let i = 0; i < body.length; ++i) {
    if (body[i] !== '\\') bytes.push(body.charCodeAt(i));
    else {
      const octal = /^[0-7]{1,3}/.exec(body.slice(i + 1, i + 4))?.[0];
      if (octal) bytes.push(parseInt(octal, 8));
      else bytes.push(named[body[i + 1]] ?? body.charCodeAt(i + 1));
      i += octal ? octal.length : 1;
    }
  }
  return bytes;
}

function textOf(content, fonts) {
  let font = { map: new Map(), wide: true };
  let out = '';
  const show = (bytes) => {
    if (!font.wide) for (const code of bytes) out += font.map.get(code) ?? '';
    else for (let i = 0; i + 1 < bytes.length; i += 2) out += font.map.get(bytes[i] * 256 + bytes[i + 1]) ?? '';
  };
  const token = /\/(F\d+)\s+[\d.]+\s+Tf|<([0-9a-fA-F]*)>|\(((?:\\[\s\S]|[^\\()])*)\)|\bET\b/g;
  for (const [whole, name, hex, body] of content.matchAll(token)) {
    if (name) font = fonts.get(name) ?? font;
    else if (hex !== undefined) show((hex.match(/.{2}/g) ?? []).map((one) => parseInt(one, 16)));
    else if (body !== undefined) show(literal(body));
    else if (whole === 'ET') out += '\n';
  }
  return out;
}

/** Pages in their order: width and height in points, text. */
export function readPdf(pdf) {
  const objects = objectsOf(pdf);
  const maps = new Map();
  const fontOf = (number) => {
    if (!maps.has(number)) {
      const head = objects.get(number)?.head ?? '';
      const map = /\/ToUnicode (\d+) 0 R/.exec(head)?.[1];
      // Codes of a composite font take two bytes (9.7).
      maps.set(number, { map: map ? toUnicode(objects.get(Number(map)).stream) : new Map(), wide: /\/Subtype\s*\/Type0/.test(head) });
    }
    return maps.get(number);
  };
  const pages = [...objects.values()].filter((one) => /\/Type\s*\/Page\b/.test(one.head));
  return pages.map(({ head }) => {
    const [, width, height] = /\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(head);
    const resources = /\/Resources (\d+) 0 R/.exec(head)?.[1];
    const list = resources ? objects.get(Number(resources)).head : head;
    const fonts = new Map([...list.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, number]) => [name, fontOf(Number(number))]));
    const contents = [...(/\/Contents (\[[^\]]*\]|\d+ 0 R)/.exec(head)?.[1] ?? '').matchAll(/(\d+) 0 R/g)];
    const content = contents.map(([, number]) => objects.get(Number(number)).stream.toString('latin1')).join('\n');
    // One glyph stands for a character and its radical; the map may name the radical.
    const text = textOf(content, fonts).replaceAll(/[\u2f00-\u2fd5]/g, (one) => one.normalize('NFKC')).replaceAll('\u2ec5', '见').replaceAll('\u2ec6', '角');
    return { width: Number(width), height: Number(height), text };
  });
}
