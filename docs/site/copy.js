// A button on each block that is to be pasted.
document.addEventListener("DOMContentLoaded", () => {
    if (!navigator.clipboard) {
        return;
    }
    for (const block of document.querySelectorAll(".highlight-bash, .highlight-sh, .highlight-shell, .highlight-python")) {
        const button = document.createElement("button");
        const text = block.querySelector("pre").textContent;
        button.className = "copy";
        button.textContent = "Copy";
        button.addEventListener("click", async () => {
            await navigator.clipboard.writeText(text);
            button.textContent = "Copied";
            setTimeout(() => (button.textContent = "Copy"), 2000);
        });
        block.append(button);
    }
});
