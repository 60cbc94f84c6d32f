// SPDX-License-Identifier: Apache-2.0
import { mount } from 'svelte';
import App from './shell/App.svelte';
import './shell/base.css';
import { startKeys } from './state/keys';
import { fleet } from './state/live.svelte';
import { expose } from './state/metrics';
import { startRouting } from './state/route.svelte';
import { applySettings } from './state/settings.svelte';

applySettings(new URLSearchParams(location.search));
startRouting();
startKeys();
expose({ vessels: () => fleet.count, fleet });
mount(App, { target: document.body });
