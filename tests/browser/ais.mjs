// SPDX-License-Identifier: Apache-2.0
// A class A position report (ITU-R M.1371 type 1) as an AIVDM sentence, for feeds of the tests.
const kArmour = Array.from({ length: 64 }, (_, n) => String.fromCharCode(n < 40 ? n + 48 : n + 56));

class Bits {
  constructor() {
    this.bits = [];
  }
  put(value, width) {
    // Two's complement for negative values.
    const wrapped = value < 0 ? value + 2 ** width : value;
    for (let i = width - 1; i >= 0; --i) this.bits.push(Math.floor(wrapped / 2 ** i) % 2);
    return this;
  }
  armoured() {
    let text = '';
    for (let i = 0; i < this.bits.length; i += 6) {
      text += kArmour[this.bits.slice(i, i + 6).reduce((sum, bit) => sum * 2 + bit, 0)];
    }
    return text;
  }
}

export function positionSentence(mmsi, latDeg, lonDeg, sogKn, cogDeg) {
  const payload = new Bits()
    .put(1, 6).put(0, 2).put(mmsi, 30)
    .put(0, 4).put(-128, 8).put(Math.round(sogKn * 10), 10).put(1, 1)
    .put(Math.round(lonDeg * 600_000), 28).put(Math.round(latDeg * 600_000), 27)
    .put(Math.round(cogDeg * 10) % 3600, 12).put(Math.round(cogDeg) % 360, 9).put(60, 6)
    .put(0, 2).put(0, 3).put(0, 1).put(0, 19)
    .armoured();
  const body = `AIVDM,1,1,,A,${payload},0`;
  let sum = 0;
  for (let i = 0; i < body.length; ++i) sum ^= body.charCodeAt(i);
  return `!${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}`;
}
