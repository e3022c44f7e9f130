import "./start.ts";
import { QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./app.css";
import { App } from "./app.tsx";
import { queryClient } from "./client.ts";
import { confirmSession } from "./session/start.ts";

void confirmSession();
addEventListener("load", () => void import("./shell/keep-focus.ts"));

const element = document.querySelector("#app");
if (element)
  createRoot(element).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
