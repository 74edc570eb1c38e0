namespace SandboxOperator.Gateway.Hosting;

/// <summary>What the program prints when it is ready: what to type next.</summary>
internal static class Welcome
{
    public static string Text(string address) =>
        $$"""

            SandboxOperator is ready at {{address}}/v1

              curl {{address}}/v1/models

              # Python                                          // JavaScript
              from openai import OpenAI                         import OpenAI from "openai";
              client = OpenAI(                                  const client = new OpenAI({
                  base_url="{{address}}/v1",        baseURL: "{{address}}/v1",
                  api_key="local")                                  apiKey: "local" });

            Stop with Ctrl-C.

            """;
}
