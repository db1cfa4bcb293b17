"use strict";

/** A text as nodes, what is an address in it to be followed, as phones and mail programs show it. */
function withLinks(text) {
  return text.split(/(https?:\/\/[^\s<>"]*[^\s<>".,!?;:)])/).map((part, index) => {
    if (index % 2 === 0) return part;
    const link = document.createElement("a");
    link.href = part;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = part;
    return link;
  });
}
