"use strict";

async function draw() {
  const { letters } = await (await fetch("/control/mail")).json();
  document.getElementById("no-letters").hidden = letters.length > 0;
  document.getElementById("letters").replaceChildren(
    ...letters.map((letter) => {
      const item = document.createElement("li");
      const title = document.createElement("h2");
      title.textContent = letter.subject || "(no subject)";
      const about = document.createElement("p");
      about.className = "quiet";
      about.textContent = `${letter.from} to ${letter.to}, ${new Date(letter.at).toLocaleString([], { dateStyle: "medium", timeStyle: "long" })}`;
      const text = document.createElement("pre");
      text.append(...withLinks(letter.text));
      item.append(title, about, text);
      return item;
    }),
  );
}

draw();
setInterval(() => draw().catch(() => {}), 2000);
