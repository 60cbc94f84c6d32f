// SPDX-License-Identifier: Apache-2.0
// The sound of each severity, made by the browser itself. Higher severities sound in more and higher
// tones, so that they differ without looking.
import type { Severity } from '$/api/types';
import { settings } from '$/state/settings.svelte';

const tones: Record<Severity, { hz: number; at: number; s: number }[]> = {
  info: [],
  low: [{ hz: 520, at: 0, s: 0.14 }],
  medium: [{ hz: 620, at: 0, s: 0.15 }, { hz: 780, at: 0.18, s: 0.2 }],
  high: [{ hz: 880, at: 0, s: 0.16 }, { hz: 660, at: 0.2, s: 0.16 }, { hz: 880, at: 0.4, s: 0.24 }],
  critical: [0, 0.24, 0.48, 0.72].flatMap((at) => [{ hz: 1040, at, s: 0.11 }, { hz: 780, at: at + 0.12, s: 0.11 }]),
};

let context: AudioContext | null = null;

/** Browsers let a page sound only after a person has touched it. */
export function soundIsBlocked(): boolean {
  return context !== null && context.state === 'suspended';
}

export async function play(severity: Severity): Promise<void> {
  try {
    context ??= new AudioContext();
    if (context.state === 'suspended') await context.resume();
  } catch {
    return;
  }
  const start = context.currentTime + 0.02;
  for (const tone of tones[severity]) {
    const wave = context.createOscillator();
    const level = context.createGain();
    wave.frequency.value = tone.hz;
    wave.type = 'triangle';
    const begin = start + tone.at;
    level.gain.setValueAtTime(0, begin);
    level.gain.linearRampToValueAtTime(settings.volume * 0.5, begin + 0.015);
    level.gain.setValueAtTime(settings.volume * 0.5, begin + tone.s - 0.03);
    level.gain.linearRampToValueAtTime(0, begin + tone.s);
    wave.connect(level).connect(context.destination);
    wave.start(begin);
    wave.stop(begin + tone.s + 0.02);
  }
}
