// SPDX-License-Identifier: Apache-2.0
// The address is the state: page and object in the path, the view (centre, zoom, time, layers,
// filters, selection) in the query. A step of the person is a new entry of the history, moving
// the map replaces the present one.
import { SvelteURLSearchParams } from 'svelte/reactivity';

export const pages = ['situation', 'findings', 'cases', 'plan', 'registers', 'system'] as const;
export type Page = (typeof pages)[number];

interface Route {
  page: Page;
  /** What follows the page in the path. */
  parts: string[];
  query: URLSearchParams;
}

function parse(): Route {
  const [first, ...parts] = location.pathname.split('/').filter(Boolean).map(decodeURIComponent);
  const page = pages.find((name) => name === first) ?? 'situation';
  return { page, parts: page === first ? parts : [], query: new SvelteURLSearchParams(location.search) };
}

export const route: Route = $state(parse());

// Which page was left with which query: going back to a page finds its filters again.
const left = new Map<Page, string>();

function take(next: Route): void {
  route.page = next.page;
  route.parts = next.parts;
  route.query = next.query;
}

export function startRouting(): void {
  window.addEventListener('popstate', () => take(parse()));
}

export function href(page: Page, parts: string[] = [], query: Record<string, string> = {}): string {
  const path = [page, ...parts].map(encodeURIComponent).join('/');
  const text = new URLSearchParams(query).toString();
  return `/${path}${text ? `?${text}` : ''}`;
}

export function go(page: Page, parts: string[] = [], query?: Record<string, string>): void {
  left.set(route.page, location.search);
  const search = query ? href(page, parts, query).split('?')[1] : left.get(page)?.slice(1);
  const path = href(page, parts);
  history.pushState(null, '', search ? `${path}?${search}` : path);
  take(parse());
}

/** Changes members of the query; null removes one. */
export function setQuery(change: Record<string, string | null>, step = false): void {
  const next = new SvelteURLSearchParams(route.query.toString());
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
  }
  if (next.toString() === route.query.toString()) return;
  const text = next.toString().replaceAll('%2C', ',').replaceAll('%3A', ':');
  const address = `${location.pathname}${text ? `?${text}` : ''}`;
  if (step) history.pushState(null, '', address);
  else history.replaceState(null, '', address);
  route.query = next;
}

/** Goes to a page as it was left, with some members of its query changed. */
export function goBackTo(page: Page, change: Record<string, string>): void {
  const query = new URLSearchParams(left.get(page) ?? '');
  for (const [name, value] of Object.entries(change)) query.set(name, value);
  go(page, [], Object.fromEntries(query));
}

/** For links: opens inside the page on a plain click, leaves other clicks to the browser. */
export function follow(event: MouseEvent, page: Page, parts: string[] = [], query?: Record<string, string>): void {
  if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  go(page, parts, query);
}

/** The address of this view for someone else, with language and theme. */
export function sharedAddress(language: string, theme: string): string {
  const url = new URL(location.href);
  url.searchParams.set('lang', language);
  url.searchParams.set('theme', theme);
  return url.toString();
}
