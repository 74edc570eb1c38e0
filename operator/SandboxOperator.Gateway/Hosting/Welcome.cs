namespace SandboxOperator.Gateway.Hosting;

/// <summary>What the program prints when it is ready: what to type next.</summary>
internal static class Welcome
{
    public static string Text(string address) =>
        $$"""

            SandboxOperator is ready at {{address}}/v1

              curl {{address}}/v1/models
              Console:     {{address}}/console

              Python:      client = OpenAI(base_url="{{address}}/v1", api_key="local")
              JavaScript:  const client = new OpenAI({ baseURL: "{{address}}/v1", apiKey: "local" })

            Stop with Ctrl-C.


            """;
}
