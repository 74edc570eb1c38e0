using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using SandboxOperator.Gateway.Console.Runs;

namespace SandboxOperator.Gateway.Tests.Console;

public sealed class RunFilterTests
{
    [Theory]
    [InlineData("?q=100%25&status=failed&since=24h&assistant=asst_1&thread=t&project=p&before=12")]
    [InlineData("")]
    public void A_view_has_an_address(string query)
    {
        var filter = Read(query);
        Read(filter.Url().Replace("/console", "", StringComparison.Ordinal)).ShouldBe(filter);
    }

    [Theory]
    [InlineData("?status=none&since=always&before=-1&before=x&q=&project=%20")]
    public void What_makes_no_sense_counts_as_not_given(string query) => Read(query).IsActive.ShouldBeFalse();

    [Fact]
    public void A_text_without_end_counts_as_not_given() => Read("?q=" + new string('x', 201)).Text.ShouldBeNull();

    [Fact]
    public void A_time_begins_before_now()
    {
        Read("?since=1h").SinceMs(10_000_000).ShouldBe(10_000_000 - 3_600_000);
        Read("").SinceMs(10_000_000).ShouldBeNull();
    }

    private static RunFilter Read(string query) => RunFilter.Read(new QueryCollection(QueryHelpers.ParseQuery(query)));
}
