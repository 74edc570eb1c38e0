using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SandboxOperator.Gateway.Store.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Timings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(name: "FirstTokenAtMs", table: "Turns", type: "INTEGER", nullable: true);

            migrationBuilder.AddColumn<string>(name: "Model", table: "Turns", type: "TEXT", nullable: true);

            migrationBuilder.AddColumn<long>(name: "StartedAtMs", table: "Turns", type: "INTEGER", nullable: true);

            migrationBuilder.AddColumn<string>(name: "TraceId", table: "Runs", type: "TEXT", nullable: true);

            migrationBuilder.AddColumn<string>(name: "TraceParent", table: "Runs", type: "TEXT", nullable: true);

            migrationBuilder.AddColumn<double>(name: "ClaimMs", table: "Calls", type: "REAL", nullable: true);

            migrationBuilder.AddColumn<double>(name: "ConnectMs", table: "Calls", type: "REAL", nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "Files",
                table: "Calls",
                type: "TEXT",
                nullable: false,
                defaultValue: "[]"
            );

            migrationBuilder.AddColumn<double>(name: "FirstOutputMs", table: "Calls", type: "REAL", nullable: true);

            migrationBuilder.AddColumn<string>(name: "Launch", table: "Calls", type: "TEXT", nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "TurnIndex",
                table: "Calls",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(name: "FirstTokenAtMs", table: "Turns");

            migrationBuilder.DropColumn(name: "Model", table: "Turns");

            migrationBuilder.DropColumn(name: "StartedAtMs", table: "Turns");

            migrationBuilder.DropColumn(name: "TraceId", table: "Runs");

            migrationBuilder.DropColumn(name: "TraceParent", table: "Runs");

            migrationBuilder.DropColumn(name: "ClaimMs", table: "Calls");

            migrationBuilder.DropColumn(name: "ConnectMs", table: "Calls");

            migrationBuilder.DropColumn(name: "Files", table: "Calls");

            migrationBuilder.DropColumn(name: "FirstOutputMs", table: "Calls");

            migrationBuilder.DropColumn(name: "Launch", table: "Calls");

            migrationBuilder.DropColumn(name: "TurnIndex", table: "Calls");
        }
    }
}
