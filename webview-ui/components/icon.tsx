import check from '@vscode/codicons/src/icons/check.svg';
import chip from '@vscode/codicons/src/icons/chip.svg';
import ban from '@vscode/codicons/src/icons/circle-slash.svg';
import close from '@vscode/codicons/src/icons/close.svg';
import gauge from '@vscode/codicons/src/icons/dashboard.svg';
import next from '@vscode/codicons/src/icons/debug-continue.svg';
import pause from '@vscode/codicons/src/icons/debug-pause.svg';
import restart from '@vscode/codicons/src/icons/debug-restart.svg';
import start from '@vscode/codicons/src/icons/debug-start.svg';
import stop from '@vscode/codicons/src/icons/debug-stop.svg';
import error from '@vscode/codicons/src/icons/error.svg';
import exportModel from '@vscode/codicons/src/icons/export.svg';
import derive from '@vscode/codicons/src/icons/filter.svg';
import inherit from '@vscode/codicons/src/icons/git-branch.svg';
import compare from '@vscode/codicons/src/icons/git-compare.svg';
import file from '@vscode/codicons/src/icons/go-to-file.svg';
import curve from '@vscode/codicons/src/icons/graph-line.svg';
import scatter from '@vscode/codicons/src/icons/graph-scatter.svg';
import history from '@vscode/codicons/src/icons/history.svg';
import info from '@vscode/codicons/src/icons/info.svg';
import lock from '@vscode/codicons/src/icons/lock.svg';
import train from '@vscode/codicons/src/icons/mortar-board.svg';
import log from '@vscode/codicons/src/icons/output.svg';
import report from '@vscode/codicons/src/icons/preview.svg';
import shield from '@vscode/codicons/src/icons/shield.svg';
import graph from '@vscode/codicons/src/icons/type-hierarchy-sub.svg';
import unlock from '@vscode/codicons/src/icons/unlock.svg';
import warning from '@vscode/codicons/src/icons/warning.svg';
import zoomIn from '@vscode/codicons/src/icons/zoom-in.svg';
import { useLayoutEffect, useRef } from 'preact/hooks';

const pictures = {
  ban,
  check,
  chip,
  close,
  compare,
  curve,
  derive,
  error,
  exportModel,
  file,
  gauge,
  graph,
  history,
  info,
  inherit,
  lock,
  log,
  next,
  pause,
  report,
  restart,
  scatter,
  shield,
  start,
  stop,
  train,
  unlock,
  warning,
  zoomIn,
};

export type IconName = keyof typeof pictures;

/** One of VS Code's icons. It says nothing to a screen reader: what it means stands beside it as text or as a name. */
export function Icon({ name }: { name: IconName }) {
  const ref = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    // The markup is the icon package's own, bundled with the page.
    if (ref.current) ref.current.innerHTML = pictures[name];
  }, [name]);
  return <i class="icon" aria-hidden="true" ref={ref} />;
}
