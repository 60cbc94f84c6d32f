// SPDX-License-Identifier: Apache-2.0
// One draft on the screen: edits hold here at once and go to the server one request after the other,
// each under the revision of the answer before. What the server does not take is taken back.
import { api, ApiError, newKey } from '$/api/client';
import type { Plan, PlanEdit, PlanFacts, PlanNode } from '$/api/types';
import { failed } from '$/state/notes.svelte';
import { applyAll, countsOf, type Step } from './tree';

export type SaveState = 'saved' | 'saving' | 'offline' | 'stale';
interface Waiting {
  key: string;
  edits?: PlanEdit[];
  facts?: Partial<PlanFacts>;
}

const kAgain = 3000;
const kMostAtOnce = 1500;

export class PlanDraft {
  plan = $state.raw<Plan | null>(null);
  nodes = $state.raw<PlanNode[]>([]);
  error = $state.raw<unknown>(null);
  save = $state<SaveState>('saved');
  done = $state.raw<Step[]>([]);
  undone = $state.raw<Step[]>([]);
  counts = $derived(countsOf(this.nodes));
  private m_waiting: Waiting[] = [];
  private m_fresh = 1;
  private m_sending = false;
  private m_timer: ReturnType<typeof setTimeout> | undefined;
  private m_id: string;

  constructor(id: string) {
    this.m_id = id;
  }

  async load(): Promise<void> {
    this.error = null;
    try {
      this.take(await api.get('/plans/{plan}', { path: { plan: this.m_id } }));
    } catch (error) {
      this.error = error;
    }
  }

  take(plan: Plan): void {
    this.plan = plan;
    this.nodes = plan.nodes;
    this.m_fresh = plan.next_node;
    this.m_waiting = [];
    this.done = [];
    this.undone = [];
    this.save = 'saved';
  }

  close(): void {
    clearTimeout(this.m_timer);
  }

  /** An id for a new node; never given twice, also after it was taken back. */
  fresh(): number {
    return this.m_fresh++;
  }

  edit(edits: PlanEdit[]): boolean {
    if (edits.length === 0 || this.save === 'stale') return false;
    const { nodes, step } = applyAll(this.nodes, edits);
    this.nodes = nodes;
    this.done = [...this.done, step];
    this.undone = [];
    this.push({ key: newKey(), edits });
    return true;
  }

  setFacts(facts: Partial<PlanFacts>): void {
    if (!this.plan || this.save === 'stale') return;
    this.plan = { ...this.plan, facts: { ...this.plan.facts, ...facts } };
    this.push({ key: newKey(), facts });
  }

  undo(): void {
    const step = this.done.at(-1);
    if (!step || this.save === 'stale') return;
    this.done = this.done.slice(0, -1);
    this.undone = [...this.undone, step];
    this.again(step.undo);
  }

  redo(): void {
    const step = this.undone.at(-1);
    if (!step || this.save === 'stale') return;
    this.undone = this.undone.slice(0, -1);
    this.done = [...this.done, step];
    this.again(step.edits);
  }

  /** Waits until everything is with the server; false when it cannot be. */
  async settled(): Promise<boolean> {
    while (this.save === 'saving') await new Promise((done) => setTimeout(done, 30));
    return this.save === 'saved';
  }

  private again(edits: PlanEdit[]): void {
    this.nodes = applyAll(this.nodes, edits).nodes;
    this.push({ key: newKey(), edits });
  }

  private push(one: Waiting): void {
    // Accepting a long plan is one step here and several requests there.
    const edits = one.edits ?? [];
    if (edits.length <= kMostAtOnce) this.m_waiting.push(one);
    else for (let i = 0; i < edits.length; i += kMostAtOnce) this.m_waiting.push({ key: newKey(), edits: edits.slice(i, i + kMostAtOnce) });
    void this.send();
  }

  private async send(): Promise<void> {
    if (this.m_sending) return;
    this.m_sending = true;
    this.save = 'saving';
    while (this.m_waiting.length > 0) {
      const { key, edits, facts } = this.m_waiting[0]!;
      try {
        const head = await api.patch('/plans/{plan}', { path: { plan: this.m_id }, key, body: { base_revision: this.plan!.revision, edits, facts } });
        this.plan = { ...this.plan!, ...head };
        this.m_waiting.shift();
      } catch (error) {
        this.m_sending = false;
        return this.refused(error);
      }
    }
    this.m_sending = false;
    this.save = 'saved';
  }

  private refused(error: unknown): void {
    if (error instanceof ApiError && error.status === 412) {
      this.m_waiting = [];
      this.save = 'stale';
    } else if (error instanceof ApiError && error.status < 500 && error.status !== 401) {
      failed(error);
      void this.load();
    } else {
      // The connection or the session: what waits stays and is sent again under the same key.
      this.save = 'offline';
      clearTimeout(this.m_timer);
      this.m_timer = setTimeout(() => void this.send(), kAgain);
    }
  }
}
