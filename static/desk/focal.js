/* A click on a picture sets its focal point; the two fields do the same for the keyboard. */
"use strict";
{
  const box = document.querySelector(".focal-picture");
  const across = document.getElementById("id_focal_x");
  const down = document.getElementById("id_focal_y");

  if (box && across && down) {
    const mark = Object.assign(document.createElement("span"), { className: "mark" });
    const crop = box.querySelector("img").cloneNode();
    crop.alt = "";
    crop.className = "crop";
    const help = Object.assign(document.createElement("p"), { className: "help", textContent: box.dataset.help });
    box.append(mark);
    box.after(help, crop);
    box.classList.add("is-clickable");

    const draw = () => {
      const [x, y] = [across, down].map((field) => Math.min(Math.max(Number(field.value || 50), 0), 100));
      mark.style.left = `${x}%`;
      mark.style.top = `${y}%`;
      crop.style.objectPosition = `${x}% ${y}%`;
    };
    box.addEventListener("click", (event) => {
      const { left, top, width, height } = box.getBoundingClientRect();
      across.value = Math.round(100 * (event.clientX - left) / width);
      down.value = Math.round(100 * (event.clientY - top) / height);
      draw();
    });
    for (const field of [across, down]) field.addEventListener("input", draw);
    draw();
  }
}
