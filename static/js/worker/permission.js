// Somebody who has allowed the position before, or does so meanwhile, need not tap.

/**
 * @param {{ now: () => void, later: () => void, not: () => void }} then what is done where it is allowed already; when it
 *   is allowed later; where it is not, or nobody can tell
 */
export function followPermission({ now, later, not }) {
  if (!navigator.permissions) {
    not();
    return;
  }
  navigator.permissions.query({ name: 'geolocation' }).then((permission) => {
    if (permission.state === 'granted') now();
    else not();
    permission.addEventListener('change', () => { if (permission.state === 'granted') later(); });
  }, not);
}
