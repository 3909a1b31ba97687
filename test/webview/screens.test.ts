import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { screens } from '../../webview-ui/state/page.ts';
import { finishedRun } from './sampleResults.ts';
import { sampleRun, small } from './sampleRun.ts';
import { themes } from './themes.ts';
import { settle } from './viewerPage.ts';
import { pictures, seriousIssues, show, titles } from './viewerTest.ts';

for (const theme of themes) {
  describe(`the viewer in the theme ${theme.name}`, () => {
    for (const screen of screens) {
      it(`shows the screen ${screen}, within its policy and with nothing that keeps people out`, async context => {
        const viewer = await show(context, finishedRun(small), { saved: { screen }, theme });
        if (screen === 'compare') {
          await viewer.send({ type: 'compare', run: { ...sampleRun(small, 0.3), id: 'another', seed: 2 } });
          await settle(viewer.page);
        }
        await viewer.page.screenshot({ path: join(pictures, `${screen}-${theme.name}.png`) });
        expect(viewer.complaints).toEqual([]);
        expect(await viewer.page.getByRole('tab', { selected: true }).textContent()).toBe(titles[screen]);
        expect(await seriousIssues(viewer)).toEqual([]);
      });
    }
  });
}
