// A camera that read the letter brings the number behind the address: it goes into its box, and out of the address.
"use strict";
(() => {
  const code = decodeURIComponent(location.hash.slice(1));
  const box = document.getElementById("code");
  if (!code || !box) return;
  box.value = code;
  history.replaceState(null, "", location.pathname);
})();
