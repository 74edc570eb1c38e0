using System.Net;
using System.Text.Json.Nodes;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class ConsolePageTests
{
    private static readonly string[] Keys =
    [
        "Keys:0:Key=alpha-key",
        "Keys:0:Project=alpha",
        "Keys:1:Key=admin-key",
        "Keys:1:Role=admin",
    ];

    [Fact]
    public async Task Without_keys_pages_are_open_to_this_machine_but_not_to_other_sites()
    {
        await using var gateway = await TestGateway.StartAsync();

        (await StatusAsync(gateway, "/console")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(gateway, "/console/threads")).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(gateway, "/console", ("Host", "evil.example"))).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(gateway, "/console", ("Origin", "https://evil.example"))).ShouldBe(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Without_keys_a_page_of_another_program_on_this_machine_changes_nothing()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/console/playground/assistants")
        {
            Content = new FormUrlEncodedContent([new("model", "builtin/python")]),
        };
        request.Headers.Add("Origin", "http://localhost:3000");

        using var response = await gateway.Client.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await gateway.GetAsync("/v1/assistants"))["data"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task With_keys_every_page_wants_one()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, Keys);

        foreach (
            var path in (string[])["/console", "/console/runs/x", "/console/files/x", "/console/nothing", "/CONSOLE"]
        )
        {
            (await StatusAsync(gateway, path)).ShouldBe(HttpStatusCode.Unauthorized, path);
        }

        (await StatusAsync(gateway, "/console/sign-in")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Data_protection_keys_lie_in_the_data_directory_for_its_owner_only()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, Keys);
        using var page = await gateway.Client.GetAsync("/console/sign-in");
        page.EnsureSuccessStatusCode();

        var folder = Path.Combine(gateway.Data, "console-keys");
        Directory.GetFiles(folder).ShouldNotBeEmpty();
        (File.GetUnixFileMode(folder) & (UnixFileMode.GroupRead | UnixFileMode.OtherRead)).ShouldBe(UnixFileMode.None);
    }

    [Fact]
    public async Task Another_origin_cannot_read_a_page()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, [.. Keys, "Cors:Origins:0=*"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/console/sign-in");
        request.Headers.Add("Origin", "https://elsewhere.example");

        using var response = await gateway.Client.SendAsync(request);

        response.Headers.Contains("Access-Control-Allow-Origin").ShouldBeFalse();
    }

    [Fact]
    public async Task A_run_has_a_page()
    {
        await using var gateway = await TestGateway.StartAsync();
        var assistant = (string)
            (await gateway.PostAsync("/v1/assistants", """{"model":"builtin/python","name":"<b>Ada</b>"}"""))["id"]!;
        var run = await gateway.PostAsync(
            "/v1/threads/runs",
            new JsonObject
            {
                ["assistant_id"] = assistant,
                ["thread"] = new JsonObject
                {
                    ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "<i>hello</i>" }),
                },
            }.ToJsonString()
        );

        var page = await gateway.Client.GetStringAsync($"/console/runs/{run["id"]}");

        page.ShouldContain("&lt;i&gt;hello&lt;/i&gt;");
        page.ShouldContain("&lt;b&gt;Ada&lt;/b&gt;");
        page.ShouldNotContain("<i>hello</i>");
        (await gateway.Client.GetStringAsync("/console")).ShouldContain((string)run["id"]!);
    }

    private static async Task<HttpStatusCode> StatusAsync(
        TestGateway gateway,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await gateway.Client.SendAsync(request);
        return response.StatusCode;
    }
}
