// SPDX-License-Identifier: Apache-2.0
// The pages in the order of the rail, and what one must be permitted to see each.
import type { Permission } from '$/api/types';
import type { Page } from '$/state/route.svelte';
import type { IconName } from './parts/icons';

export const entries: { page: Page; icon: IconName; needs: Permission }[] = [
  { page: 'situation', icon: 'situation', needs: 'see_situation' },
  { page: 'findings', icon: 'findings', needs: 'see_findings' },
  { page: 'cases', icon: 'cases', needs: 'see_cases' },
  { page: 'plan', icon: 'plan', needs: 'see_register' },
  { page: 'registers', icon: 'registers', needs: 'see_register' },
  { page: 'system', icon: 'system', needs: 'see_system' },
];
