// Shows the OpenAPI document with Swagger UI, which the page has loaded before this script.
const place = document.getElementById("api-docs");
window.SwaggerUIBundle({
  domNode: place,
  url: place.dataset.document,
  deepLinking: true,
  validatorUrl: null,
});
