import type { ComponentChildren } from 'preact';
import type { RunState } from '../state/run.ts';
import { t } from '../state/text.ts';
import { notice } from '../state/viewer.ts';
import { Icon, type IconName } from './icon.tsx';

/** What a person has to know before anything else: a failure, a refusal, warnings, what a run took over. */
export function Notices({ run }: { run: RunState }) {
  return (
    <div class="notices">
      <Failure run={run} />
      <Restricted run={run} />
      {notice.value !== null && (
        <Notice icon="info" tone="info">
          <span>{notice.value}</span>
          <button type="button" class="quiet" aria-label={t('Dismiss')} onClick={() => (notice.value = null)}>
            <Icon name="close" />
          </button>
        </Notice>
      )}
      <Warnings run={run} />
      <Inherited run={run} />
    </div>
  );
}

function Failure({ run }: { run: RunState }) {
  const crashed = run.vitals.value.phase === 'crashed';
  const failure = run.failure.value ?? (crashed ? t('The search ended without a word.') : null);
  if (failure === null) return null;
  return (
    <Notice icon="error" tone="bad">
      <span>
        {failure}
        {crashed && run.resumable.value && ` ${t('“Resume Run” goes on from what it saved last.')}`}
      </span>
    </Notice>
  );
}

function Restricted({ run }: { run: RunState }) {
  if (run.trusted.value) return null;
  return (
    <Notice icon="shield" tone="info">
      <span>{t('This folder is not trusted: runs can be looked at, and nothing is run.')}</span>
    </Notice>
  );
}

function Warnings({ run }: { run: RunState }) {
  const warnings = run.warnings.value;
  if (warnings.length === 0) return null;
  if (warnings.length === 1) {
    return (
      <Notice icon="warning" tone="warn">
        <span>{warnings[0]}</span>
      </Notice>
    );
  }
  return (
    <Notice icon="warning" tone="warn">
      <details>
        <summary>{t('{0} warnings', warnings.length)}</summary>
        <ul>
          {warnings.map(text => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </details>
    </Notice>
  );
}

function Inherited({ run }: { run: RunState }) {
  const inherited = run.inherited.value;
  if (!inherited) return null;
  const { fromRun, blocks, difference } = inherited;
  const kept = blocks.filter(block => block.inherited).length;
  return (
    <Notice icon="inherit" tone="info">
      <details>
        <summary>{t('Weights of {0} of {1} blocks inherited from {2}', kept, blocks.length, fromRun)}</summary>
        <div class="inherited">
          <ul class="difference">
            {difference.map(line => (
              <li key={line} class={differenceClass(line)}>
                {line}
              </li>
            ))}
          </ul>
          <ul>
            {blocks.map(({ block, inherited: kept, reason }) => (
              <li key={block}>
                <Icon name={kept ? 'check' : 'close'} /> {block}: {reason}
              </li>
            ))}
          </ul>
        </div>
      </details>
    </Notice>
  );
}

function differenceClass(line: string): string {
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'changed';
}

interface NoticeProps {
  icon: IconName;
  tone: 'info' | 'warn' | 'bad';
  children: ComponentChildren;
}

function Notice({ icon, tone, children }: NoticeProps) {
  return (
    <div class={`notice ${tone}`} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon name={icon} />
      {children}
    </div>
  );
}
