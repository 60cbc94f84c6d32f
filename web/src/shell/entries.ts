// SPDX-License-Identifier: Apache-2.0
// The pages in the order of the rail, and what one must be permitted to see each.
// A page about one register is there while that register is in use.
import type { Permission } from '$/api/types';
import type { Page } from '$/state/route.svelte';
import type { IconName } from './parts/icons';

export const entries: { page: Page; icon: IconName; needs: Permission; register?: string }[] = [
  { page: 'situation', icon: 'situation', needs: 'see_situation' },
  { page: 'findings', icon: 'findings', needs: 'see_findings' },
  { page: 'cases', icon: 'cases', needs: 'see_cases', register: 'case' },
  { page: 'plan', icon: 'plan', needs: 'see_register', register: 'task' },
  { page: 'registers', icon: 'registers', needs: 'see_register' },
  { page: 'system', icon: 'system', needs: 'see_system' },
];
