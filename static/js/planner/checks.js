// The workspace's forms say what is wrong in the page's language.

import { sayChecks } from '../lib/checks.js';
import { readJson } from '../lib/page.js';

sayChecks(readJson('checks'));
