import { type Screen, screens } from '../state/page.ts';
import { t } from '../state/text.ts';
import { page, setPage } from '../state/viewer.ts';
import { Icon, type IconName } from './icon.tsx';

const tabs: Record<Screen, { label: string; icon: IconName }> = {
  graph: { label: t('Graph'), icon: 'graph' },
  latency: { label: t('Latency'), icon: 'gauge' },
  curves: { label: t('Curves'), icon: 'curve' },
  pareto: { label: t('Pareto'), icon: 'scatter' },
  devices: { label: t('Devices'), icon: 'chip' },
  compare: { label: t('Compare'), icon: 'compare' },
};

/** The screens' tabs; arrow keys go from one to the next. */
export function Tabs() {
  const { screen } = page.value;
  return (
    <div class="tabs" role="tablist" aria-label={t('Screens')} onKeyDown={moveOn}>
      {screens.map(name => (
        <button
          key={name}
          type="button"
          role="tab"
          id={`tab-${name}`}
          aria-selected={screen === name}
          aria-controls="screen"
          tabIndex={screen === name ? 0 : -1}
          onClick={() => setPage({ screen: name })}
        >
          <Icon name={tabs[name].icon} />
          {tabs[name].label}
        </button>
      ))}
    </div>
  );
}

function moveOn(event: KeyboardEvent): void {
  const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
  if (step === 0) return;
  const next = screens[(screens.indexOf(page.value.screen) + step + screens.length) % screens.length];
  setPage({ screen: next });
  document.getElementById(`tab-${next}`)?.focus();
  event.preventDefault();
}
