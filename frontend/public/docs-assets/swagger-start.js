/* Starts Swagger UI on our own page: its policy allows no script inside the page. */
(function () {
  function cookie(name) {
    var found = document.cookie.split('; ').find(function (part) {
      return part.indexOf(name + '=') === 0;
    });
    return found ? decodeURIComponent(found.slice(name.length + 1)) : null;
  }
  window.SwaggerUIBundle({
    url: '/api/openapi.json',
    dom_id: '#swagger-ui',
    deepLinking: true,
    // Nothing of this page goes to a validator elsewhere.
    validatorUrl: null,
    // Who is signed in here tries requests as themselves: the session's cookies go along, with their CSRF header.
    requestInterceptor: function (request) {
      var token = cookie('csrf_access_token');
      if (token && request.method && request.method.toUpperCase() !== 'GET') request.headers['X-CSRF-TOKEN'] = token;
      return request;
    },
  });
})();
