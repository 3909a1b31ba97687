import { isRecord } from '../messaging/check.ts';

/** The viewer's screens, in the order of their tabs. */
export const screens = ['graph', 'latency', 'curves', 'pareto', 'devices', 'compare'] as const;

export type Screen = (typeof screens)[number];

/** A candidate of a choice block, by number. */
export interface Pick {
  block: number;
  candidate: number;
}

/** What a person has set on the page: kept over reloads, apart from any run's data. */
export interface PageState {
  /** The run that was shown, for the host to open again. */
  run: string | null;
  screen: Screen;
  graph: 'supernet' | 'derived';
  /** Steps that the curves show; null for all. */
  zoom: { from: number; to: number } | null;
  pick: Pick | null;
  /** The run that was set beside it last. */
  compared: string | null;
}

export const freshPage: PageState = {
  run: null,
  screen: 'graph',
  graph: 'supernet',
  zoom: null,
  pick: null,
  compared: null,
};

/** The page's state from what was saved, field by field; whatever is not as it should be starts afresh. */
export function restorePage(saved: unknown): PageState {
  if (!isRecord(saved)) return freshPage;
  const { run, screen, graph, zoom, pick, compared } = saved;
  return {
    run: typeof run === 'string' ? run : freshPage.run,
    screen: screens.find(known => known === screen) ?? freshPage.screen,
    graph: graph === 'derived' ? graph : freshPage.graph,
    zoom: isRecord(zoom) && isNumber(zoom.from) && isNumber(zoom.to) ? { from: zoom.from, to: zoom.to } : null,
    pick: isRecord(pick) && isIndex(pick.block) && isIndex(pick.candidate) ? (pick as unknown as Pick) : null,
    compared: typeof compared === 'string' ? compared : null,
  };
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
