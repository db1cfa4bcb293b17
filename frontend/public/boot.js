/*
 * Runs before the first paint, as an ordinary file, so that the content security policy needs no inline script.
 * 1. Starts the requests that the board needs while the application's code is still on its way; app/prime.ts takes them.
 * 2. Sets the theme, so that a dark screen never flashes white.
 */
(function () {
  var BOARD = '/api/admin/appointments/board';

  function early(url) {
    var promise = fetch(url, { credentials: 'same-origin', headers: { Accept: 'application/json' } });
    promise.catch(function () {});
    return { url: url, promise: promise };
  }

  /* On a device that was never here the person's own answer says which board it will be: today's of their first shop. */
  function firstBoard(answer) {
    if (!answer.ok) return;
    return answer
      .clone()
      .json()
      .then(function (me) {
        var shop = me.locations[0];
        if (shop && me.permissions.indexOf('board:view') !== -1) {
          window.__boot.board = early(BOARD + '?locationId=' + shop.id);
        }
      });
  }

  function stored(key) {
    try {
      return localStorage.getItem(key);
    } catch (_) {
      /* Storage may be blocked. */
      return null;
    }
  }

  if (document.cookie.indexOf('csrf_') !== -1 && location.pathname !== '/login') {
    // First of all: reading the storage below takes the browser a while.
    var boot = (window.__boot = { me: early('/api/me') });
    if (location.pathname === '/' || location.pathname === '/board') {
      var search = new URLSearchParams(location.search);
      search.delete('open');
      search.delete('tab');
      // The board leaves the request behind that this address led to last time; see features/board/queries.ts.
      var last = null;
      try {
        last = JSON.parse(stored('keytag.board.request') || 'null');
      } catch (_) {
        /* Not ours. */
      }
      if (last && last.search === search.toString()) boot.board = early(last.url);
      else if (!search.toString()) boot.chosen = boot.me.promise.then(firstBoard);
    }
  }

  var theme = stored('keytag.theme');
  if (theme !== 'light' && theme !== 'dark') {
    theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  }
  document.documentElement.setAttribute('data-theme', theme);
})();
