// SPDX-License-Identifier: Apache-2.0
// What a person chooses for this browser: language, theme, sound, columns. Kept in local storage; a
// shared link may carry lang and theme, which then win.
import { setRequestLanguage } from '$/api/client';
import { setLanguage, type Language } from '$/i18n/index.svelte';

export type Theme = 'day' | 'night';

interface Stored {
  language: Language;
  theme: Theme;
  sound: boolean;
  volume: number;
  columns: Record<string, string[]>;
  /** The legend on the map; null = by the width of the screen. */
  legend: boolean | null;
}

const kKey = 'jinglue.settings';

function read(): Stored {
  const first: Stored = {
    language: navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en',
    theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'day',
    sound: true,
    volume: 0.6,
    columns: {},
    legend: null,
  };
  try {
    return { ...first, ...(JSON.parse(localStorage.getItem(kKey) ?? '{}') as Partial<Stored>) };
  } catch {
    return first;
  }
}

export const settings = $state(read());

export function saveSettings(): void {
  try {
    localStorage.setItem(kKey, JSON.stringify(settings));
  } catch {
    // A browser that keeps nothing still works; the choice ends with the page.
  }
}

export function chooseLanguage(language: Language): void {
  settings.language = language;
  setLanguage(language);
  setRequestLanguage(language);
  saveSettings();
}

export function chooseTheme(theme: Theme): void {
  settings.theme = theme;
  document.documentElement.dataset.theme = theme;
  saveSettings();
}

export function chooseSound(on: boolean): void {
  settings.sound = on;
  saveSettings();
}

/** At start: what a shared link carries wins over what was stored. */
export function applySettings(query: URLSearchParams): void {
  const language = query.get('lang');
  const theme = query.get('theme');
  chooseLanguage(language === 'zh' || language === 'en' ? language : settings.language);
  chooseTheme(theme === 'day' || theme === 'night' ? theme : settings.theme);
}
