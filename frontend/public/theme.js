/* Runs before the first paint of the customer's page: the theme is the device's own, and follows it. */
(function () {
  var dark = matchMedia('(prefers-color-scheme: dark)');
  function follow() {
    document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light';
  }
  follow();
  dark.addEventListener('change', follow);
})();
