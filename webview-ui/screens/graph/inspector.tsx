import type { Steering } from '../../../src/protocol/control.ts';
import { canSteer } from '../../components/actions.ts';
import { Icon, type IconName } from '../../components/icon.tsx';
import { post } from '../../messaging/host.ts';
import { formatCount, formatEnergy, formatShape, formatShare } from '../../state/format.ts';
import { latencyText, placeBlocks } from '../../state/network.ts';
import type { Pick } from '../../state/page.ts';
import type { RunState } from '../../state/run.ts';
import { t } from '../../state/text.ts';
import { OperatorPicture } from './operatorPicture.tsx';
import { Why } from './why.tsx';

interface InspectorProps {
  run: RunState;
  pick: Pick;
  /** Whether the person pointed at it. Where there is no room beside the graph, it only then stands over it. */
  asked: boolean;
  onDismiss(): void;
}

/** What one candidate is and costs, why its probability moves, and how to lock or ban it. */
export function Inspector({ run, pick, asked, onDismiss }: InspectorProps) {
  const space = run.space.value;
  const block = placeBlocks(space).find(({ choice }) => choice === pick.block);
  if (!block) return null;
  const candidate = block.view.candidates[pick.candidate];
  const probability = run.shown.value.probabilities[pick.block]?.[pick.candidate] ?? 0;
  const { latencyMs, energyMicrojoules } = candidate;
  return (
    <aside class={asked ? 'inspector' : 'inspector unasked'} aria-label={t('Candidate')}>
      <p class="muted">{block.view.name}</p>
      <button type="button" class="dismiss" title={t('Close')} aria-label={t('Close')} onClick={onDismiss}>
        <Icon name="close" />
      </button>
      <h2>
        <span>{candidate.name}</span> <strong>{formatShare(probability)}</strong>
      </h2>
      <dl class="costs">
        <div class="wide">
          <dt>{t('Map')}</dt>
          <dd>
            {formatShape(block.view.input)} → {formatShape(block.view.output)}
          </dd>
        </div>
        <div>
          <dt>{t('MACs')}</dt>
          <dd>{formatCount(candidate.macs)}</dd>
        </div>
        <div>
          <dt>{t('Parameters')}</dt>
          <dd>{formatCount(candidate.params)}</dd>
        </div>
        {energyMicrojoules !== undefined && (
          <div>
            <dt>{t('Energy, estimated')}</dt>
            <dd>{formatEnergy(energyMicrojoules / 1e6)}</dd>
          </div>
        )}
        {space.targetMs !== undefined && (
          <>
            <div>
              <dt>{t('Latency')}</dt>
              <dd>{latencyText(space, latencyMs)}</dd>
            </div>
            <div>
              <dt>{t('Of the target')}</dt>
              <dd>{latencyMs === null ? '' : formatShare(latencyMs / space.targetMs)}</dd>
            </div>
          </>
        )}
      </dl>
      <Steer run={run} pick={pick} />
      {candidate.graph && <OperatorPicture graph={candidate.graph} name={candidate.name} />}
      <Why run={run} block={block} pick={pick} />
      <button
        type="button"
        class="link"
        onClick={() => post({ type: 'reveal', block: block.place, candidate: pick.candidate })}
      >
        <Icon name="file" />
        {t('Show in the search space')}
      </button>
    </aside>
  );
}

const choices: { action: Steering['action']; label: string; icon: IconName; hint: string }[] = [
  { action: 'free', label: t('Free'), icon: 'unlock', hint: 'F' },
  { action: 'lock', label: t('Lock'), icon: 'lock', hint: 'L' },
  { action: 'ban', label: t('Ban'), icon: 'ban', hint: 'B' },
];

function Steer({ run, pick }: { run: RunState; pick: Pick }) {
  const { locked, banned } = run.restrictions.value;
  const isBanned = banned[pick.block]?.includes(pick.candidate);
  const state = locked[pick.block] === pick.candidate ? 'lock' : isBanned ? 'ban' : 'free';
  const can = canSteer(run.vitals.value.phase);
  return (
    <>
      <fieldset class="steer" aria-label={t('Steer the search')} disabled={!can}>
        {choices.map(({ action, label, icon, hint }) => (
          <button
            key={action}
            type="button"
            aria-pressed={state === action}
            aria-keyshortcuts={hint}
            title={`${label} (${hint})`}
            onClick={() => post({ type: 'steer', ...pick, action })}
          >
            <Icon name={icon} />
            {label}
          </button>
        ))}
      </fieldset>
      <p class="muted small">
        {can
          ? t('In the graph, arrow keys move; L locks, B bans, F frees.')
          : t('A search can be steered while it runs.')}
      </p>
    </>
  );
}
