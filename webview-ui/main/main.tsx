import { render } from 'preact';
import { followTheme } from '../charts/theme.ts';
import { requestCurves } from '../state/curveRequests.ts';
import { openViewer } from '../state/viewer.ts';
import { App } from './app.tsx';

followTheme();
const root = document.getElementById('root');
if (!root) throw new Error('The page has no element "root".');
render(<App />, root);
requestCurves();
openViewer();
