// SPDX-License-Identifier: Apache-2.0
// What is said about one record, and who watches it: fetched when the record is opened, and again when
// the stream tells that somebody has spoken. What is being written stays while this page lives, so
// that closing the panel loses nothing.
import { SvelteMap } from 'svelte/reactivity';
import { api, newKey } from '$/api/client';
import type { RecordComment } from '$/api/types';
import { onNews, onReady } from '$/state/live.svelte';
import { session } from '$/state/session.svelte';

export const kMostCharacters = 2000;
const kPage = 500;
const drafts = new SvelteMap<string, string>();

export class Discussion {
  comments = $state.raw<RecordComment[]>([]);
  watchers = $state.raw<string[]>([]);
  watched = $state(false);
  loaded = $state(false);
  error = $state.raw<unknown>(null);
  /** The last one that this person has had on the screen, or made. */
  seen = $state(0);
  private readonly m_path: { register: string; record: string };
  private m_asked = 0;
  /** Of the text that was sent last: sent again after a break it is one comment. */
  private m_sent = { text: '', key: '' };

  constructor(register: string, record: string) {
    this.m_path = { register, record };
  }
  private get name(): string {
    return `${this.m_path.register}/${this.m_path.record}`;
  }
  get draft(): string {
    return drafts.get(this.name) ?? '';
  }
  set draft(text: string) {
    if (text) drafts.set(this.name, text);
    else drafts.delete(this.name);
  }
  /** Of others, not yet on the screen. */
  get fresh(): number {
    return this.comments.filter((one) => one.number > this.seen && one.person !== session.now?.user.name).length;
  }
  saw(): void {
    this.seen = Math.max(this.seen, this.comments.at(-1)?.number ?? 0);
  }

  /** Asks now and with news; ends with what it returns. */
  follow(): () => void {
    void this.load();
    const ends = [
      onNews.listen((news) => {
        if (news.resource === 'comments' && news.id === this.m_path.record) void this.load();
      }),
      // After a break the stream has told nothing of what was said meanwhile.
      onReady.listen(() => void this.load()),
    ];
    return () => ends.forEach((end) => end());
  }

  async load(): Promise<void> {
    const mine = ++this.m_asked;
    try {
      const found: RecordComment[] = [];
      let cursor: string | undefined;
      do {
        const page = await api.get('/registers/{register}/records/{record}/comments', { path: this.m_path, query: { cursor, limit: kPage } });
        if (mine !== this.m_asked) return;
        found.push(...page.items);
        cursor = page.next;
        [this.watchers, this.watched] = [page.watchers, page.watched];
      } while (cursor);
      this.comments = found;
      // What stood there when the record was opened is no news.
      if (!this.loaded) this.saw();
      this.loaded = true;
      this.error = null;
    } catch (error) {
      if (mine === this.m_asked) this.error = error;
    }
  }

  async say(): Promise<void> {
    const text = this.draft.trim();
    if (this.m_sent.text !== text) this.m_sent = { text, key: newKey() };
    await api.post('/registers/{register}/records/{record}/comments', { path: this.m_path, body: { text }, key: this.m_sent.key });
    this.m_sent = { text: '', key: '' };
    this.draft = '';
    await this.load();
  }

  async watch(watch: boolean): Promise<void> {
    this.watched = (await api.put('/registers/{register}/records/{record}/watch', { path: this.m_path, body: { watch } })).watch;
    await this.load();
  }
}
