import { useComputed } from '@preact/signals';
import type { ComponentType } from 'preact';
import { Notices } from '../components/notices.tsx';
import { RunBar } from '../components/runBar.tsx';
import { Scrubber } from '../components/scrubber.tsx';
import { Tabs } from '../components/tabs.tsx';
import { CompareScreen } from '../screens/compare/compareScreen.tsx';
import { CurvesScreen } from '../screens/curves/curvesScreen.tsx';
import { DevicesScreen } from '../screens/devices/devicesScreen.tsx';
import { GraphScreen } from '../screens/graph/graphScreen.tsx';
import { LatencyScreen } from '../screens/latency/latencyScreen.tsx';
import { ParetoScreen } from '../screens/pareto/paretoScreen.tsx';
import type { Screen } from '../state/page.ts';
import type { RunState } from '../state/run.ts';
import { t } from '../state/text.ts';
import { emptyText, page, run } from '../state/viewer.ts';

const screens: Record<Screen, ComponentType<{ run: RunState }>> = {
  graph: GraphScreen,
  latency: LatencyScreen,
  curves: CurvesScreen,
  pareto: ParetoScreen,
  devices: DevicesScreen,
  compare: CompareScreen,
};

/** Screens that show the step of the scrubber. */
const byStep: readonly Screen[] = ['graph', 'latency', 'curves'];

/** The whole page. */
export function App() {
  const shown = run.value;
  const screen = useComputed(() => page.value.screen).value;
  if (!shown) return <p class="nothing muted">{emptyText.value ?? t('Waiting for the run.')}</p>;
  const Body = screens[screen];
  return (
    <main key={shown.id.value}>
      <RunBar run={shown} />
      <Notices run={shown} />
      <Tabs />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a tab's panel takes the focus itself (WAI-ARIA, tabs pattern), for whoever scrolls by keys */}
      <div class="screen" id="screen" role="tabpanel" aria-labelledby={`tab-${screen}`} tabIndex={0}>
        <Body run={shown} />
      </div>
      {byStep.includes(screen) && <Scrubber run={shown} />}
    </main>
  );
}
