// SPDX-License-Identifier: Apache-2.0
// Findings: the same rows for the list, the map and the bell. Steps of the stream change a row at
// once; what a step does not carry (reason, article, positions) is fetched when a finding opens or
// a person has reviewed it. Rows older than those fetched so far come page by page.
import { SvelteMap } from 'svelte/reactivity';
import { api } from '$/api/client';
import type { Finding, FindingCounts, FindingStatus, ReviewKind, Severity, SuspendScope } from '$/api/types';
import type { Step } from '$/stream/frame';
import { fleet, live, onNews, onReady, onSteps, onVessels } from './live.svelte';
import { may } from './session.svelte';

export interface Row extends Finding {
  /** Made from a step alone; the whole of it is on its way. */
  partial?: boolean;
}

export const findings = $state({
  loaded: false,
  error: null as unknown,
  counts: null as FindingCounts | null,
});

export const rows = new SvelteMap<string, Row>();

/** Findings that opened while this page was open; lists mark them for a while. */
export const fresh = new SvelteMap<string, number>();

const kBatch = 20;

export const severityOrder: Record<Severity, number> = { critical: 4, high: 3, medium: 2, low: 1, info: 0 };

export function isPending(row: Row): boolean {
  return row.status === 'new' || row.status === 'acknowledged';
}
/** Severe enough for a sound and for red. */
export function isActNow(row: Row): boolean {
  return severityOrder[row.severity] >= severityOrder.high;
}

export function byNewest(a: Row, b: Row): number {
  return a.opened_at < b.opened_at ? 1 : a.opened_at > b.opened_at ? -1 : a.id < b.id ? 1 : -1;
}

function merge(next: Row): void {
  const present = rows.get(next.id);
  // A step that overtook the answer of an older request stays.
  if (present && !present.partial && present.step > next.step) {
    const { status, open, changed_since_review, verdict, reviews, case_id } = next;
    rows.set(next.id, { ...present, status, open: present.open && open, changed_since_review, verdict, reviews, case_id });
    return;
  }
  rows.set(next.id, next);
}

// --- from the stream ---------------------------------------------------------------------------

function fromStep(step: Step, before: Row | undefined): Row {
  const at = new Date(step.at).toISOString();
  const base: Row = before ?? {
    id: step.finding,
    partial: true,
    step: -1,
    step_kind: step.kind,
    rule_id: step.ruleId,
    rule_version: step.ruleVersion,
    severity: step.severity,
    status: 'new',
    open: true,
    title: step.title,
    reason: { zh: '', en: '' },
    subjects: [{ kind: 'vessel', id: step.subject, role: 'main', label: step.label, handle: step.handle ?? undefined }],
    begin: new Date(step.begin).toISOString(),
    opened_at: at,
    at,
    values: {},
    reviews: 0,
    changed_since_review: false,
  };
  const judged = base.status !== 'new' && base.status !== 'acknowledged';
  const changes = step.kind === 'corrected' || step.kind === 'retracted';
  return {
    ...base,
    step: step.number,
    step_kind: step.kind,
    severity: step.severity,
    rule_version: step.ruleVersion,
    title: step.title,
    begin: new Date(step.begin).toISOString(),
    end: step.end ? new Date(step.end).toISOString() : undefined,
    open: step.end === 0 && step.kind !== 'retracted' && step.kind !== 'closed',
    at,
    status: step.kind === 'retracted' ? 'retracted' : base.status,
    changed_since_review: base.changed_since_review || (judged && changes),
  };
}

const wanted = new Set<string>();
let asking = false;
let countsWanted = false;

async function fetchWanted(): Promise<void> {
  if (asking) return;
  asking = true;
  try {
    while (wanted.size > 0 || countsWanted) {
      const ids = [...wanted];
      wanted.clear();
      const counts = countsWanted;
      countsWanted = false;
      await Promise.all([ids.length > kBatch ? loadNewest(ids.length) : Promise.all(ids.map(load)), counts ? loadCounts() : null]);
    }
  } catch (error) {
    findings.error = error;
  } finally {
    asking = false;
  }
}

function want(id: string | null): void {
  if (id) wanted.add(id);
  countsWanted = true;
  // Together with what else this frame brings.
  queueMicrotask(() => void fetchWanted());
}

function tookSteps(steps: Step[]): void {
  for (const step of steps) {
    const before = rows.get(step.finding);
    if (before && before.step >= step.number) continue;
    rows.set(step.finding, fromStep(step, before));
    if (step.kind === 'opened' && !before) fresh.set(step.finding, step.at);
    if (!before || step.kind !== 'extended') want(step.finding);
  }
}

// --- from the API --------------------------------------------------------------------------------

async function load(id: string): Promise<void> {
  merge(await api.get('/findings/{finding}', { path: { finding: id } }));
}

async function loadNewest(limit: number): Promise<void> {
  const page = await api.get('/findings', { query: { limit: Math.min(1000, limit) } });
  page.items.forEach(merge);
}

async function loadCounts(): Promise<void> {
  findings.counts = await api.get('/findings/counts');
}

/** One more page of a status list; returns the cursor of the next one. */
export async function loadPage(status: FindingStatus[], cursor?: string): Promise<string | undefined> {
  const page = await api.get('/findings', { query: { status: status.join(','), limit: 200, cursor } });
  page.items.forEach(merge);
  return page.next;
}

export async function loadFindings(): Promise<void> {
  try {
    await Promise.all([loadPage(['new', 'acknowledged']), loadNewest(200), loadCounts()]);
    findings.error = null;
  } catch (error) {
    findings.error = error;
  }
  findings.loaded = true;
}

export interface ReviewInput {
  kind: ReviewKind;
  reason?: string;
  suspend_for?: '1h' | '2h' | '6h' | '12h' | '24h' | '1w';
  until?: string;
  scope?: SuspendScope;
}

export async function review(row: Row, input: ReviewInput, key?: string): Promise<Row> {
  const answer = await api.post('/findings/{finding}/reviews', {
    path: { finding: row.id },
    body: { seen_step: Math.max(0, row.step), ...input } as never,
    key,
  });
  merge(answer.finding);
  want(null);
  return answer.finding;
}

// --- halos ---------------------------------------------------------------------------------------

/** Vessels whose open findings have all been set aside lose their halo. */
function mute(): void {
  const aside = new Map<number, boolean>();
  for (const row of rows.values()) {
    if (!row.open) continue;
    const quiet = row.status === 'false_alarm' || row.status === 'suspended' || row.status === 'retracted';
    for (const { handle } of row.subjects) {
      if (handle !== undefined) aside.set(handle, (aside.get(handle) ?? true) && quiet);
    }
  }
  let changed = false;
  for (const [handle, quiet] of aside) {
    const slot = fleet.slot(handle);
    if (slot < 0 || (fleet.muted[slot] === 1) === quiet) continue;
    fleet.setMuted(slot, quiet);
    changed = true;
  }
  if (changed) onVessels.tell();
}

export function startFindings(): () => void {
  if (!may('see_findings')) return () => {};
  const ends = [
    onSteps.listen(tookSteps),
    onNews.listen((news) => {
      if (news.resource === 'reviews') want(news.parent || news.id);
    }),
    onReady.listen(() => void loadFindings()),
    $effect.root(() => {
      $effect(() => {
        // A vessel that comes into view has not been asked yet.
        void live.tick;
        mute();
      });
    }),
  ];
  return () => {
    ends.forEach((end) => end());
    rows.clear();
    fresh.clear();
    findings.loaded = false;
  };
}
