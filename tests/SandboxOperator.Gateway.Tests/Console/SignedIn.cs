using System.Net;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Console;

/// <summary>A browser's side of the console, after a sign-in with a key.</summary>
internal sealed class SignedIn : IDisposable
{
    private const string TokenField = "name=\"form_token\" value=\"";

    private SignedIn(HttpClient client) => Client = client;

    public HttpClient Client { get; }

    /// <summary>What forms send back.</summary>
    private string Token { get; set; } = "";

    public static async Task<SignedIn> WithAsync(TestGateway gateway, string key)
    {
        var visitor = Visit(gateway);
        using var response = await visitor.TryAsync(key);
        response.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        await visitor.ReadTokenAsync("/console/sign-in");
        return visitor;
    }

    /// <summary>Nobody yet.</summary>
    public static SignedIn Visit(TestGateway gateway) =>
        new(
            new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 100 })
            {
                BaseAddress = gateway.Client.BaseAddress,
                Timeout = TimeSpan.FromSeconds(60),
            }
        );

    /// <summary>Sends the form of the sign-in.</summary>
    public async Task<HttpResponseMessage> TryAsync(string key)
    {
        await ReadTokenAsync("/console/sign-in");
        using var form = new FormUrlEncodedContent([new("key", key), new("form_token", Token)]);
        return await Client.PostAsync("/console/sign-in", form);
    }

    /// <summary>Asks in the playground.</summary>
    public async Task<HttpStatusCode> AskAsync(string assistant)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/console/playground/messages")
        {
            Content = new StringContent(
                new JsonObject { ["assistant"] = assistant, ["text"] = "1 + 1" }.ToJsonString(),
                System.Text.Encoding.UTF8,
                "application/json"
            ),
        };
        request.Headers.Add("X-Console-Token", Token);
        using var response = await Client.SendAsync(request);
        return response.StatusCode;
    }

    public Task<HttpResponseMessage> OpenAsync(string path) =>
        Client.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);

    public void Dispose() => Client.Dispose();

    private async Task ReadTokenAsync(string path)
    {
        var page = await Client.GetStringAsync(path);
        var field = page.IndexOf(TokenField, StringComparison.Ordinal) + TokenField.Length;
        Token = WebUtility.HtmlDecode(page[field..page.IndexOf('"', field)]);
        Token.ShouldNotBeEmpty();
    }
}
