// Nobody may be there to press anything: a screen that closed is opened again as soon as the server answers.
const SECONDS = 5;

const wait = () => setTimeout(again, SECONDS * 1000);
const again = () => fetch("/").then((answer) => (answer.ok ? location.reload() : wait()), wait);

new MutationObserver((_changes, observer) => {
  if (document.body.classList.contains("-closed")) {
    observer.disconnect();
    wait();
  }
}).observe(document.body, { attributes: true });
