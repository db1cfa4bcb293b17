/*
 * Runs before the first paint, as an ordinary file, so that the content security policy needs no inline script.
 * 1. Sets the theme, so that a dark screen never flashes white.
 * 2. Starts the two requests that the board needs while the application's code is still on its way.
 */
(function () {
  var root = document.documentElement;
  var theme = 'system';
  try {
    theme = localStorage.getItem('keytag.theme') || 'system';
  } catch (_) {
    /* Storage may be blocked; the system's theme is then used. */
  }
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  root.setAttribute('data-theme', theme);

  if (document.cookie.indexOf('csrf_') === -1 || location.pathname === '/login') return;
  function early(url) {
    var promise = fetch(url, { credentials: 'same-origin', headers: { Accept: 'application/json' } });
    promise.catch(function () {});
    return { url: url, promise: promise };
  }
  window.__boot = { me: early('/api/me') };
  if (location.pathname === '/' || location.pathname === '/board') {
    try {
      // The board leaves the request behind that this address led to last time; see features/board/queries.ts.
      var last = JSON.parse(localStorage.getItem('keytag.board.request') || 'null');
      var search = new URLSearchParams(location.search);
      search.delete('open');
      search.delete('tab');
      if (last && last.search === search.toString()) window.__boot.board = early(last.url);
    } catch (_) {
      /* Nothing to start early. */
    }
  }
})();
