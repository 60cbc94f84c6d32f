// SPDX-License-Identifier: Apache-2.0
// Who is signed in. `unknown` until the server has answered; `expired` keeps the page that was open
// and asks for the password on top of it.
import { api, ApiError, onUnauthorised, setCsrf } from '$/api/client';
import type { Permission, Session } from '$/api/types';

type State = 'unknown' | 'none' | 'signed_in' | 'expired' | 'unreachable';

export const session = $state({
  state: 'unknown' as State,
  now: null as Session | null,
});

function take(next: Session): void {
  session.now = next;
  session.state = 'signed_in';
  setCsrf(next.csrf);
}

onUnauthorised(() => {
  if (session.state === 'signed_in') session.state = 'expired';
});

export async function findSession(): Promise<void> {
  try {
    take(await api.get('/session'));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) session.state = session.now ? 'expired' : 'none';
    else session.state = session.now ? session.state : 'unreachable';
  }
}

export async function signIn(name: string, password: string): Promise<void> {
  take(await api.post('/session', { body: { name, password } }));
}

export async function signOut(): Promise<void> {
  await api.delete('/session');
  session.now = null;
  session.state = 'none';
}

export function may(permission: Permission): boolean {
  return session.now?.may.includes(permission) ?? false;
}
