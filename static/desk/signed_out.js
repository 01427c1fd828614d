/* Whoever signs out leaves no words of the desk behind in this browser. */
"use strict";
for (const key of Object.keys(localStorage).filter((name) => name.startsWith("desk:"))) localStorage.removeItem(key);
