import { readFileSync } from 'node:fs';

/** Gzip budgets of the build in dist/; a chunk counts with everything that it alone brings along. */
const manifest = JSON.parse(readFileSync(new URL('./dist/.vite/manifest.json', import.meta.url), 'utf8'));

function reach(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of manifest[key].imports ?? []) reach(next, seen);
  return seen;
}
const initial = reach('index.html');
const files = (keys) => [...keys].map((key) => `dist/${manifest[key].file}`);
const lazy = (key) => files([...reach(key)].filter((one) => !initial.has(one)));

const budget = (name, path, limit) => ({ name, path, limit, gzip: true });

export default [
  budget('Board: initial JavaScript', [...files(initial), 'dist/boot.js'], '175 kB'),
  budget('Drawer', lazy('src/components/admin/AppointmentDrawer.tsx'), '30 kB'),
  budget('Drawer: messages', lazy('src/components/admin/JobMessages.tsx'), '25 kB'),
  budget('Inbox', lazy('src/components/admin/Inbox.tsx'), '30 kB'),
  budget('Texts', lazy('src/components/admin/Texts.tsx'), '20 kB'),
  budget('New appointment', lazy('src/components/admin/NewAppointment.tsx'), '20 kB'),
  budget('Calendar', lazy('src/admin/AdminCalendar.tsx'), '25 kB'),
  budget('Customers', lazy('src/components/admin/Customers.tsx'), '25 kB'),
  budget('Numbers', lazy('src/components/admin/Numbers.tsx'), '15 kB'),
  budget('Devices', lazy('src/components/admin/Devices.tsx'), '10 kB'),
  // An entry of its own: what a television loads once.
  budget('Wall', files(reach('wall.html')), '90 kB'),
  // An entry of its own: what a tablet keeps for when there is no network.
  budget('Tablet', [...files(reach('tech.html')), 'dist/tech-worker.js'], '150 kB'),
  budget('People', lazy('src/components/admin/Users.tsx'), '15 kB'),
  // cmdk brings its own dialog, which nothing else here uses.
  budget('Command palette', lazy('src/app/Palette.tsx'), '20 kB'),
  budget('Customer: all JavaScript', [...files(reach('customer.html')), 'dist/theme.js'], '90 kB'),
  budget('All CSS', 'dist/assets/*.css', '15 kB'),
];
