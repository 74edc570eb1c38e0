using SandboxOperator.Gateway.Seeding;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Seeding;

public sealed class AssistantSeedTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("gateway-").FullName;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task An_assistant_keeps_its_id_and_is_made_what_the_file_says_at_every_start()
    {
        await WriteAsync(
            "a.json",
            """{"id":"asst_0s6U9WqQrHOr3C1PRnAcQuwo","object":"assistant","created_at":1761861555,"name":null,"description":null,"model":"gpt-4o","instructions":"x","tools":[{"type":"code_interpreter"}],"top_p":1.0,"temperature":1.0,"reasoning_effort":null,"tool_resources":{"code_interpreter":{"file_ids":[]}},"metadata":{},"response_format":"auto"}"""
        );
        const string path = "/v1/assistants/asst_0s6U9WqQrHOr3C1PRnAcQuwo";
        await using (var gateway = await TestGateway.StartAsync(_data))
        {
            var assistant = await gateway.GetAsync(path);
            ((long?)assistant["created_at"]).ShouldBe(1761861555);
            await gateway.PostAsync(path, """{"name":"changed","instructions":"changed"}""");
        }
        await using (var gateway = await TestGateway.StartAsync(_data))
        {
            var assistant = await gateway.GetAsync(path);
            assistant["name"].ShouldBeNull();
            ((string?)assistant["instructions"]).ShouldBe("x");
            (await gateway.GetAsync("/v1/assistants"))["data"]!.AsArray().Count.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData("""{"id":"asst_1"}""", "model")]
    [InlineData("""{"model":"m"}""", "id")]
    [InlineData("""{"id":"asst_1","model":"m","colour":"red"}""", "colour")]
    [InlineData("""{"id":"asst_1","model":"m","tools":[{"type":"file_search"}]}""", "file_search")]
    [InlineData(
        """{"id":"asst_1","model":"m","tool_resources":{"code_interpreter":{"file_ids":["file-x"]}}}""",
        "file_ids"
    )]
    [InlineData("""{""", "JSON")]
    public async Task A_bad_file_stops_the_start_and_is_named_with_its_field(string json, string field)
    {
        await WriteAsync("bad.json", json);
        var error = await Should.ThrowAsync<SeedException>(() => TestGateway.StartAsync(_data));
        error.Message.ShouldContain("bad.json");
        error.Message.ShouldContain(field);
    }

    [Fact]
    public async Task A_directory_that_is_not_there_stops_the_start() =>
        await Should.ThrowAsync<SeedException>(() =>
            TestGateway.StartAsync(_data, null, "Seed:Assistants=/does/not/exist")
        );

    private async Task WriteAsync(string name, string json)
    {
        var directory = Directory.CreateDirectory(Path.Combine(_data, "assistants"));
        await File.WriteAllTextAsync(Path.Combine(directory.FullName, name), json);
    }
}
