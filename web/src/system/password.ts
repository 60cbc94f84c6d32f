// SPDX-License-Identifier: Apache-2.0
// A first password to hand over: four groups of four, without characters that look alike.
const kLetters = 'abcdefghjkmnpqrstuvwxyz23456789';

export function password(): string {
  // Bytes above the last whole multiple would make some letters likelier.
  const limit = 256 - (256 % kLetters.length);
  let out = '';
  while (out.length < 16) {
    for (const byte of crypto.getRandomValues(new Uint8Array(32))) {
      if (byte < limit && out.length < 16) out += kLetters[byte % kLetters.length];
    }
  }
  return out.match(/.{4}/g)!.join('-');
}
